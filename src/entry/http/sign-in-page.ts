const style =
  "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#F3F6F5;color:#14201B;font:16px/1.6 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}main{max-width:26em;padding:28px;background:#fff;border-radius:6px}h1{margin:0 0 8px;font-size:20px;font-weight:600}p{margin:0 0 16px;color:#42514A}button{min-height:44px;padding:0 20px;border:0;border-radius:4px;background:#14201B;color:#fff;font:inherit;cursor:pointer}button:focus-visible{outline:2px solid #1558C0;outline-offset:2px}@media(prefers-color-scheme:dark){body{background:#0C1216;color:#EEF3F2}main{background:#131B21}p{color:#B3C1C7}button{background:#EEF3F2;color:#0C1216}}";

function page(title: string, content: string): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><link rel="icon" type="image/svg+xml" href="/mark.svg"><title>${title}</title><style>${style}</style></head><body><main>${content}</main></body></html>`;
}

/** @param token has letters, digits, `_` and `-` only, so it needs no escaping. */
export function signInPage(token: string): string {
  return page(
    "登录 · Sign in",
    `<h1>登录能碳一体化管理平台</h1><p>此链接只能使用一次。<br><span lang="en">This link signs you in once.</span></p><form method="post" action="/sign-in"><input type="hidden" name="token" value="${token}"><button type="submit">登录 · Sign in</button></form>`,
  );
}

/** One page for a link that is unknown, used or too old: they are not told apart. */
export const spentPage: string = page(
  "链接无效 · Link not valid",
  '<h1>链接无效、已使用或已过期</h1><p>请运行 <code>npx zcp user link</code> 获取新链接，或重新启动服务。</p><p lang="en">The link is unknown, used or too old. Run <code>npx zcp user link</code> for a new one, or start the service again.</p>',
);
