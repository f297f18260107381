import type { Machine } from '../programs/machine'

/** The kernel's own choice of session holds exactly what the trees hold together. */
export async function mountAndCompare(machine: Machine, device: string, trees: readonly string[]): Promise<void> {
  await compare(machine, device, `mount -t iso9660 -o ro ${device}`, trees)
}

/** The session whose image begins at an LBA holds exactly what the trees hold together. */
export async function mountSession(
  machine: Machine,
  device: string,
  start: number,
  trees: readonly string[],
): Promise<void> {
  await compare(machine, device, `mount -t iso9660 -o ro,sbsector=${start} ${device}`, trees)
}

async function compare(machine: Machine, device: string, mount: string, trees: readonly string[]): Promise<void> {
  const name = device.replace(/\W/g, '-')
  const [at, expected] = [`/run/mounted${name}`, `/run/expected${name}`]
  const { status, output } = await machine.run(
    [
      `rm -rf ${expected} && mkdir -p ${at} ${expected}`,
      ...trees.map(tree => `cp -r ${tree}/. ${expected}`),
      `${mount} ${at}`,
      `{ diff -r ${at} ${expected}; status=$?; umount ${at}; exit $status; }`,
    ].join(' && '),
  )
  if (status !== 0) throw new Error(`${mount}: ${output}`)
}
