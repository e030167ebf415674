export interface Column<Row> {
  key: string
  label: string
  value: (row: Row) => unknown
  align?: 'number' | 'tight'
  /** the row's own name: the card's heading on a phone */
  lead?: boolean
  /** one line, cut with an ellipsis */
  clip?: boolean
  export?: false
}
