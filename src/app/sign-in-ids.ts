/** The principal of the token for automation; each of its uses is audited. */
export const bootstrapId = "bootstrap";
/** Who the link that is printed at the start stands for. */
export const adminId = "user:admin";
