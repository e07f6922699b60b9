/** Text in lines of a width. */

/** Lines of at most `width` characters, broken at spaces where there are any. What would move a terminal's cursor is shown as �. */
export function wrap(text: string, width: number): string[] {
  const visible = text
    .replaceAll('\r\n', '\n')
    .replaceAll('\t', ' ')
    .replace(/(?!\n)\p{Cc}/gu, '�');
  return visible.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let rest = [...line];
    while (rest.length > width) {
      const space = rest.lastIndexOf(' ', width);
      const end = space > 0 ? space : width;
      lines.push(rest.slice(0, end).join(''));
      rest = rest.slice(space > 0 ? end + 1 : end);
    }
    return [...lines, rest.join('')];
  });
}
