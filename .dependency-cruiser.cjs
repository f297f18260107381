/** Imports flow one way: cli → (virtual, iscsi, fsimage) → mmc → platform → layout. */
const layer = (from, ...mayImport) => ({
  name: `${from}-imports-downwards`,
  comment: `src/${from} may import only: ${mayImport.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: `^src/(${[from, ...mayImport].join('|')})(/|\\.ts$)` },
})

module.exports = {
  forbidden: [
    layer('layout'),
    layer('platform', 'layout', 'errors'),
    layer('mmc', 'platform', 'layout', 'errors'),
    layer('fsimage', 'mmc', 'platform', 'layout', 'errors'),
    layer('cue-sheet', 'errors'),
    layer('audio', 'errors'),
    layer('disc-session', 'cue-sheet', 'audio', 'mmc', 'platform', 'layout', 'errors'),
    layer('virtual', 'fsimage', 'mmc', 'platform', 'layout', 'errors'),
    layer('iscsi', 'mmc', 'platform', 'layout', 'errors'),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '\\.d\\.ts$' }, to: {} },
    {
      name: 'ffi-behind-its-seam',
      comment: 'Only src/platform/ffi may load a native FFI package, and only when a real drive is opened.',
      severity: 'error',
      from: { pathNot: '^src/platform/ffi/' },
      to: { path: 'node_modules/(koffi|ffi-napi|ref-napi|ref-struct-di)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
}
