import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** An image that another program made; `images/README.md` says which. */
export function fixture(name: string): Buffer {
  return gunzipSync(readFileSync(join(__dirname, 'images', `${name}.iso.gz`)))
}
