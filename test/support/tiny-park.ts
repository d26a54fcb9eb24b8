/** The smallest park file that has something to count: one gateway with one meter. */
export const tinyPark = `
id: tiny
name: { zh: 小园区, en: Tiny park }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
gateways: [{ id: gw-1 }]
meters:
  - { id: m1, gatewayId: gw-1, kind: electricity-meter }
`;
