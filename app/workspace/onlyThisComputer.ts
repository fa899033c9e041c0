/** Whether an address leads other devices to themselves instead of here, so that a link to it is of no use to them. */
export function onlyThisComputer({ hostname }: { readonly hostname: string }): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
