// The words of a catalogue entry in the reader's language. Classes, formats and methods are fixed words of the guide for
// compiling government information resource catalogues (2017), so their English stands here; that of the abstract and the condition is the city's.
import { inLanguage } from '@/shell/i18n'
import { preferences } from '@/shell/preferences'

const terms: Record<string, string> = {
  基础信息资源: 'Base resources',
  主题信息资源: 'Theme resources',
  部门信息资源: 'Department resources',
  人口: 'Population',
  法人单位: 'Legal entities',
  自然资源和空间地理: 'Natural resources and geospatial',
  社会信用: 'Social credit',
  电子证照: 'Electronic licences',
  健康保障: 'Health',
  社会保障: 'Social security',
  城乡建设: 'Urban and rural construction',
  电子文件: 'Electronic file',
  电子表格: 'Spreadsheet',
  数据库: 'Database',
  图形图像: 'Image',
  流媒体: 'Streaming media',
  接口: 'Interface',
  文件: 'File',
}

/** A word that the guide does not fix stays as the city wrote it. */
export function termOf(word: string): string {
  return inLanguage(preferences.language, word, terms[word])
}

export function abstractOf(entry: { abstract: string; abstract_en: string }): string {
  return inLanguage(preferences.language, entry.abstract, entry.abstract_en)
}

export function conditionOf({ sharing }: { sharing: { condition: string; condition_en: string } }): string {
  return inLanguage(preferences.language, sharing.condition, sharing.condition_en)
}
