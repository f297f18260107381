import type { ParameterType, ResultType, Signature } from '../ffi'
import { CFUUIDBytes } from './structures'

/** A function of an interface: where its pointer is in the table, and how it is called. */
export interface InterfaceFunction<
  P extends readonly ParameterType[] = readonly ParameterType[],
  R extends ResultType = ResultType,
> {
  readonly offset: number
  readonly signature: Signature<readonly ['pointer', ...P], R>
}

/** The functions of an interface by their names. */
export type InterfaceTable = Readonly<Record<string, InterfaceFunction>>

/** Parameters after the interface itself, and the result. */
type Declared = readonly [parameters: readonly ParameterType[], result: ResultType]
type Declarations = Readonly<Record<string, Declared>>
type TableOf<D extends Declarations> = {
  readonly [K in keyof D]: InterfaceFunction<D[K][0], D[K][1]>
}

/** IUNKNOWN_C_GUTS: a reserved pointer, three functions, then version and revision, padded to a pointer. */
const POINTER_BYTES = 8
const FIRST_FUNCTION = 40

function tableOf<const D extends Declarations>(declarations: D, first: number): TableOf<D> {
  const entries = Object.entries(declarations).map(([name, [parameters, result]], index) => [
    name,
    { offset: first + POINTER_BYTES * index, signature: { parameters: ['pointer', ...parameters], result } },
  ])
  return Object.fromEntries(entries) as TableOf<D>
}

const unknown = tableOf(
  {
    QueryInterface: [[CFUUIDBytes, 'pointer'], 'i32'],
    AddRef: [[], 'u32'],
    Release: [[], 'u32'],
  },
  POINTER_BYTES,
)

/** An interface: IUnknown's functions, then its own in the order of the header. */
function interfaceTable<const D extends Declarations>(declarations: D): typeof unknown & TableOf<D> {
  return { ...unknown, ...tableOf(declarations, FIRST_FUNCTION) }
}

/** Where task status and sense data go. */
type Outcome = readonly ['pointer', 'pointer']
const OUTCOME: Outcome = ['pointer', 'pointer']

/** IOCFPlugInInterface (IOCFPlugIn.h). */
export const IOCFPlugInInterface = interfaceTable({
  Probe: [['pointer', 'u32', 'pointer'], 'i32'],
  Start: [['pointer', 'u32'], 'i32'],
  Stop: [[], 'i32'],
})

/** MMCDeviceInterface (SCSITaskLib.h): commands that need no exclusive access. */
export const MMCDeviceInterface = interfaceTable({
  Inquiry: [['pointer', 'u32', ...OUTCOME], 'i32'],
  TestUnitReady: [[...OUTCOME], 'i32'],
  GetPerformance: [['u8', 'u8', 'u8', 'u32', 'u16', 'pointer', 'u16', ...OUTCOME], 'i32'],
  GetConfiguration: [['u8', 'u16', 'pointer', 'u16', ...OUTCOME], 'i32'],
  ModeSense10: [['u8', 'u8', 'u8', 'u8', 'pointer', 'u16', ...OUTCOME], 'i32'],
  SetWriteParametersModePage: [['pointer', 'u8', ...OUTCOME], 'i32'],
  GetTrayState: [['pointer'], 'i32'],
  SetTrayState: [['u8'], 'i32'],
  ReadTableOfContents: [['u8', 'u8', 'u8', 'pointer', 'u16', ...OUTCOME], 'i32'],
  ReadDiscInformation: [['pointer', 'u16', ...OUTCOME], 'i32'],
  ReadTrackInformation: [['u8', 'u32', 'pointer', 'u16', ...OUTCOME], 'i32'],
  ReadDVDStructure: [['u32', 'u8', 'u8', 'pointer', 'u16', ...OUTCOME], 'i32'],
  GetSCSITaskDeviceInterface: [[], 'pointer'],
  GetPerformanceV2: [['u8', 'u32', 'u16', 'u8', 'pointer', 'u16', ...OUTCOME], 'i32'],
  SetCDSpeed: [['u16', 'u16', ...OUTCOME], 'i32'],
  ReadFormatCapacities: [['pointer', 'u16', ...OUTCOME], 'i32'],
  ReadDiscStructure: [['u8', 'u32', 'u8', 'u8', 'pointer', 'u16', ...OUTCOME], 'i32'],
  ReadDiscInformationV2: [['u8', 'pointer', 'u16', ...OUTCOME], 'i32'],
  ReadTrackInformationV2: [['u8', 'u8', 'u32', 'pointer', 'u16', ...OUTCOME], 'i32'],
  SetStreaming: [['u8', 'pointer', 'u16', ...OUTCOME], 'i32'],
})

/** SCSITaskDeviceInterface (SCSITaskLib.h): exclusive access. */
export const SCSITaskDeviceInterface = interfaceTable({
  IsExclusiveAccessAvailable: [[], 'u8'],
  AddCallbackDispatcherToRunLoop: [['pointer'], 'i32'],
  RemoveCallbackDispatcherFromRunLoop: [[], 'void'],
  ObtainExclusiveAccess: [[], 'i32'],
  ReleaseExclusiveAccess: [[], 'i32'],
  CreateSCSITask: [[], 'pointer'],
})

/** SCSITaskInterface (SCSITaskLib.h): one command, whatever it is. */
export const SCSITaskInterface = interfaceTable({
  IsTaskActive: [[], 'u8'],
  SetTaskAttribute: [['u32'], 'i32'],
  GetTaskAttribute: [['pointer'], 'i32'],
  SetCommandDescriptorBlock: [['pointer', 'u8'], 'i32'],
  GetCommandDescriptorBlockSize: [[], 'u8'],
  GetCommandDescriptorBlock: [['pointer'], 'i32'],
  SetScatterGatherEntries: [['pointer', 'u8', 'u64', 'u8'], 'i32'],
  SetTimeoutDuration: [['u32'], 'i32'],
  GetTimeoutDuration: [[], 'u32'],
  SetTaskCompletionCallback: [['pointer', 'pointer'], 'i32'],
  ExecuteTaskAsync: [[], 'i32'],
  ExecuteTaskSync: [['pointer', 'pointer', 'pointer'], 'i32'],
  AbortTask: [[], 'i32'],
  GetSCSIServiceResponse: [['pointer'], 'i32'],
  GetTaskState: [['pointer'], 'i32'],
  GetTaskStatus: [['pointer'], 'i32'],
  GetRealizedDataTransferCount: [[], 'u64'],
  GetAutoSenseData: [['pointer'], 'i32'],
  SetAutoSenseDataBuffer: [['pointer', 'u8'], 'i32'],
  ResetForNewTask: [[], 'i32'],
})

/** Every interface by the name of its structure in the headers. */
export const INTERFACE_TABLES = {
  IOCFPlugInInterface,
  MMCDeviceInterface,
  SCSITaskDeviceInterface,
  SCSITaskInterface,
} as const satisfies Readonly<Record<string, InterfaceTable>>
