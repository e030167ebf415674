import { defineTexts } from '@/shell/i18n'

export const texts = defineTexts(
  {
    loading: '正在读取…',
    failed: '没有读到',
    tryAgain: '再试一次',
    signIn: '去登录',
    unreachable: '连不上服务器。请检查网络，稍后再试。',
    signInNeeded: '请先登录。',
    denied: '您的岗位没有这项权限。',
    missing: '没有找到，可能已被撤下，或地址有误。',
    locked: '尝试太多次，账号已暂时锁定。',
    conflict: '它已经变了，请刷新后再试。',
    busy: '服务器正忙，请稍后再试。',
    broken: '服务器出了差错，值班人员会在日志里看到。',
    invalid: '内容不符合要求。',
    more: '再看一些',
    exportCsv: '导出 CSV',
    exporting: '正在导出…',
    shown: (count: number) => `共列出 ${count} 项`,
    copy: '复制',
    copied: '已复制',
    close: '关闭',
    cancel: '取消',
    noted: '我已记下',
    needReason: '请写明理由，它会记入账本。',
    level: (level: number) => ['', '一级 公开', '二级 内部', '三级 敏感', '四级 高敏', '重要数据', '核心数据'][level] ?? `${level} 级`,
    levelShort: (level: number) => ['', '一级', '二级', '三级', '四级', '重要', '核心'][level] ?? `${level}`,
    whole: '完整内容',
  },
  {
    loading: 'Loading…',
    failed: 'This could not be read',
    tryAgain: 'Try again',
    signIn: 'Sign in',
    unreachable: 'The server cannot be reached. Check the network and try again.',
    signInNeeded: 'Please sign in first.',
    denied: 'Your post does not have this permission.',
    missing: 'Not found. It may have been withdrawn, or the address is wrong.',
    locked: 'Too many attempts: the account is locked for a while.',
    conflict: 'It has changed meanwhile. Reload and try again.',
    busy: 'The server is busy. Try again shortly.',
    broken: 'The server failed. Those on duty will see it in the log.',
    invalid: 'The content is not acceptable.',
    more: 'Show more',
    exportCsv: 'Export CSV',
    exporting: 'Exporting…',
    shown: (count) => `${count} listed`,
    copy: 'Copy',
    copied: 'Copied',
    close: 'Close',
    cancel: 'Cancel',
    noted: 'I have noted it',
    needReason: 'Say why; the ledger keeps it.',
    level: (level) =>
      ['', 'Level 1, public', 'Level 2, internal', 'Level 3, sensitive', 'Level 4, highly sensitive', 'Important data', 'Core data'][level] ??
      `Level ${level}`,
    levelShort: (level) => ['', 'L1', 'L2', 'L3', 'L4', 'Important', 'Core'][level] ?? `L${level}`,
    whole: 'Whole text',
  },
)

/** What to tell a person about a failed request. */
export function problemText(problem: { status: number; title: string; detail: string }, t: typeof texts.zh): string {
  const known: Record<number, string> = {
    0: t.unreachable,
    400: t.invalid,
    401: t.signInNeeded,
    403: t.denied,
    404: t.missing,
    409: t.conflict,
    422: t.invalid,
    429: t.locked,
    503: t.busy,
  }
  return known[problem.status] ?? t.broken
}
