import { layout, rest, u8, u16le } from '../../../layout'

/** Path Component (ECMA-167 4/14.16.1), of which a symbolic link's target is made. */
export const pathComponent = layout(
  'Path Component',
  {
    componentType: u8(0).means({
      1: 'a root by agreement',
      2: 'the root',
      3: 'the parent',
      4: 'the same',
      5: 'a name',
    }),
    lengthOfComponentIdentifier: u8(1).named('Length of Component Identifier'),
    componentFileVersionNumber: u16le(2),
    componentIdentifier: rest(4),
  },
  { clause: 'ECMA-167 4/14.16.1' },
)

/** Component types. */
export const COMPONENT = { agreedRoot: 1, root: 2, parent: 3, same: 4, name: 5 } as const
