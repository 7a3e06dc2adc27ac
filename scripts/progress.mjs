const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/**
 * Opens a progress line: turning, with the seconds spent, on a terminal; one line at the start and one at the end
 * where the output goes to a file or a pipe. Written to standard error, so that standard output stays the program's.
 *
 * @param {string} title
 */
export function openStep(title) {
  const started = Date.now()
  const live = process.stderr.isTTY
  let frame = 0
  const turn = () => process.stderr.write(`\r\u001B[K${frames[frame++ % frames.length]} ${title} … ${seconds(started)}`)
  if (!live) process.stderr.write(`… ${title}\n`)
  const timer = live ? setInterval(turn, 120) : undefined
  const close = (mark) => {
    clearInterval(timer)
    process.stderr.write(`${live ? '\r\u001B[K' : ''}${mark} ${title} (${seconds(started)})\n`)
  }
  return { done: () => close('✓'), failed: () => close('✗') }
}

/** The time since an instant (milliseconds since the epoch), in words: `4.2 s`. */
export function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`
}
