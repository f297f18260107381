import { InitiatorLogin } from '../../src/iscsi/initiator/login'
import { DEFAULT_PARAMETERS } from '../../src/iscsi/operational-keys'
import { loginRequestPdu, loginResponsePdu, OPCODE } from '../../src/iscsi/pdu'
import { TargetLogin } from '../../src/iscsi/target/login'
import { decodeTextKeys, encodeTextKeys } from '../../src/iscsi/text-keys'
import { NAMES } from './raw-initiator'
import { recorded } from './recorded'

const POLICY = {
  targetName: 'iqn.2026-01.org.example:drives',
  targetAlias: 'drives',
  portalGroupTag: 1,
  chap: undefined,
  parameters: { ...DEFAULT_PARAMETERS, initialR2T: false, maxBurstLength: 1_048_576, firstBurstLength: 262_144 },
  maxRecvDataSegmentLength: 262_144,
}
const CHAP = { user: 'me', password: 'twelve-or-more' }

type RequestFields = Parameters<typeof loginRequestPdu.encode>[0]

function ask(login: TargetLogin, keys: Record<string, string> | Uint8Array, fields: RequestFields = {}) {
  const header = loginRequestPdu.encode({
    opcode: OPCODE.loginRequest,
    immediate: true,
    final: true,
    currentStage: 1,
    nextStage: 3,
    isid: Uint8Array.of(0x80, 1, 2, 3, 0, 0),
    ...fields,
  })
  const data = keys instanceof Uint8Array ? keys : encodeTextKeys(Object.entries(keys))
  const answer = login.step(loginRequestPdu.decodeComplete(header)!, data)
  return { ...answer, keys: Object.fromEntries(decodeTextKeys(answer.text)) }
}

describe('the target', () => {
  test('lets libiscsi in with the login that it was recorded with', () => {
    const [request] = recorded('libiscsi-1.19-with-tgt-1.0.85')
    const login = new TargetLogin({ ...POLICY, targetName: 'iqn.2026-01.test:cd' })
    const answer = login.step(loginRequestPdu.decodeComplete(request!.header)!, request!.data)
    expect(answer).toMatchObject({ status: 0, transit: true, currentStage: 1, nextStage: 3 })
    expect(Object.fromEntries(decodeTextKeys(answer.text))).toEqual({
      TargetPortalGroupTag: '1',
      TargetAlias: 'drives',
      HeaderDigest: 'None',
      DataDigest: 'None',
      InitialR2T: 'No',
      ImmediateData: 'Yes',
      MaxBurstLength: '262144',
      FirstBurstLength: '262144',
      DefaultTime2Wait: '2',
      DefaultTime2Retain: '0',
      MaxOutstandingR2T: '1',
      ErrorRecoveryLevel: '0',
      IFMarker: 'No',
      OFMarker: 'No',
      MaxConnections: '1',
      DataPDUInOrder: 'Yes',
      DataSequenceInOrder: 'Yes',
      MaxRecvDataSegmentLength: '262144',
    })
    expect(answer.result).toMatchObject({ discovery: false, peerMaxRecvDataSegmentLength: 262_144 })
  })

  test.each([
    ['HeaderDigest', 'CRC32C,None', 'CRC32C'],
    ['HeaderDigest', 'SHA99', 'Reject'],
    ['MaxConnections', '8', '1'],
    ['MaxConnections', '0', 'Reject'],
    ['InitialR2T', 'Yes', 'Yes'],
    ['InitialR2T', 'yes', 'Reject'],
    ['ImmediateData', 'No', 'No'],
    ['MaxBurstLength', '511', 'Reject'],
    ['MaxBurstLength', '0x1000', '4096'],
    ['MaxBurstLength', '16776192', '1048576'],
    ['FirstBurstLength', '16777216', 'Reject'],
    ['DefaultTime2Wait', '5', '5'],
    ['DefaultTime2Wait', '3601', 'Reject'],
    ['DefaultTime2Retain', '20', '20'],
    ['ErrorRecoveryLevel', '2', '0'],
    ['MaxOutstandingR2T', '4', '1'],
    ['TaskReporting', 'FastAbort,RFC3720', 'RFC3720'],
    ['iSCSIProtocolLevel', '2', '1'],
    ['IFMarker', 'Yes', 'No'],
    ['IFMarkInt', '1~65535', 'Reject'],
    ['X-com.example.shoes', '42', 'NotUnderstood'],
    ['constructor', '1', 'NotUnderstood'],
  ])('answers %s=%s with %s', (key, offered, answer) => {
    expect(ask(new TargetLogin(POLICY), { ...NAMES, [key]: offered }).keys[key]).toBe(answer)
  })

  test('does not answer what was no question', () => {
    const { keys } = ask(new TargetLogin(POLICY), { ...NAMES, InitiatorAlias: 'me', 'X-y': 'NotUnderstood' })
    expect(Object.keys(keys)).toEqual(['TargetPortalGroupTag', 'TargetAlias', 'MaxRecvDataSegmentLength'])
  })

  test('the first burst never exceeds the burst', () => {
    const keys = { ...NAMES, MaxBurstLength: '4096', FirstBurstLength: '65536' }
    expect(ask(new TargetLogin(POLICY), keys).result?.parameters.firstBurstLength).toBe(4096)
  })

  test('text in pieces is parsed when it is whole', () => {
    const login = new TargetLogin(POLICY)
    const text = Buffer.from(encodeTextKeys(Object.entries({ ...NAMES, HeaderDigest: 'CRC32C' })))
    const first = ask(login, text.subarray(0, 30), { final: false, continues: true, nextStage: 0 })
    expect(first).toMatchObject({ status: 0, transit: false, keys: {} })
    expect(ask(login, text.subarray(30))).toMatchObject({ transit: true, keys: { HeaderDigest: 'CRC32C' } })
  })

  test.each([
    ['no InitiatorName', { TargetName: NAMES.TargetName }, {}, 0x0207],
    ['no TargetName in a normal session', { InitiatorName: NAMES.InitiatorName }, {}, 0x0207],
    ['another target', { ...NAMES, TargetName: 'iqn.2026-01.org.example:other' }, {}, 0x0203],
    ['an unknown session type', { ...NAMES, SessionType: 'Party' }, {}, 0x0209],
    ['a name that is none', { ...NAMES, InitiatorName: 'Bob\u001b[31m' }, {}, 0x0200],
    ['a later version only', NAMES, { versionMinimum: 1, versionMaximum: 1 }, 0x0205],
    ['a stage that does not exist', NAMES, { currentStage: 2, nextStage: 3 }, 0x0200],
    ['a step backwards', NAMES, { currentStage: 1, nextStage: 0 }, 0x0200],
    ['T and C at once', NAMES, { continues: true }, 0x0200],
    ['no authentication in common', { ...NAMES, AuthMethod: 'KRB5' }, { currentStage: 0, nextStage: 1 }, 0x0201],
    ['a receive length of 1', { ...NAMES, MaxRecvDataSegmentLength: '1' }, {}, 0x0200],
    ['text that is none', Buffer.from('hello'), {}, 0x0200],
  ] as [string, Record<string, string> | Uint8Array, RequestFields, number][])(
    'refuses %s',
    (_, keys, fields, status) => {
      expect(ask(new TargetLogin(POLICY), keys, fields).status).toBe(status)
    },
  )

  test('an endless login ends', () => {
    const login = new TargetLogin(POLICY)
    ask(login, NAMES, { final: false, nextStage: 0 })
    let last = 0
    for (let count = 0; count < 200 && last === 0; count++) last = ask(login, {}, { final: false, nextStage: 0 }).status
    expect(last).toBe(0x0200)
  })

  test('endless text ends', () => {
    const login = new TargetLogin(POLICY)
    let last = 0
    for (let count = 0; count < 20 && last === 0; count++) {
      last = ask(login, new Uint8Array(8192), { final: false, continues: true, nextStage: 0 }).status
    }
    expect(last).toBe(0x0200)
  })

  describe('with credentials', () => {
    const security = { currentStage: 0, nextStage: 1 }
    const chapAt = (login: TargetLogin, algorithms = '5') => {
      ask(login, { ...NAMES, AuthMethod: 'CHAP,None' }, { ...security, final: false })
      return ask(login, { CHAP_A: algorithms }, { ...security, final: false })
    }

    test.each([
      ['goes on without', NAMES, { currentStage: 1, nextStage: 3 }],
      ['offers none', { ...NAMES, AuthMethod: 'None' }, security],
      ['says nothing of it', NAMES, security],
    ])('refuses who %s', (_, keys, fields) => {
      expect(ask(new TargetLogin({ ...POLICY, chap: CHAP }), keys, fields).status).toBe(0x0201)
    })

    test('takes the first algorithm that it knows, else refuses', () => {
      expect(chapAt(new TargetLogin({ ...POLICY, chap: CHAP }), '99,7,5').keys['CHAP_A']).toBe('7')
      expect(chapAt(new TargetLogin({ ...POLICY, chap: CHAP }), '99').status).toBe(0x0201)
    })

    test('no challenge is like another', () => {
      const challenges = Array.from(
        { length: 20 },
        () => chapAt(new TargetLogin({ ...POLICY, chap: CHAP })).keys['CHAP_C'],
      )
      expect(new Set(challenges).size).toBe(20)
    })

    test.each(['0x00', '0xzz', '', `0x${'0'.repeat(3000)}`])('refuses the response "%s"', response => {
      const login = new TargetLogin({ ...POLICY, chap: CHAP })
      chapAt(login)
      expect(ask(login, { CHAP_N: 'me', CHAP_R: response }, security).status).toBe(0x0201)
    })
  })
})

describe('the initiator', () => {
  const WISHES = { initiatorName: NAMES.InitiatorName, targetName: NAMES.TargetName }
  const response = (keys: Record<string, string>, fields: Parameters<typeof loginResponsePdu.encode>[0] = {}) =>
    [
      loginResponsePdu.decodeComplete(
        loginResponsePdu.encode({ final: true, currentStage: 1, nextStage: 3, ...fields }),
      )!,
      encodeTextKeys(Object.entries(keys)),
    ] as const

  test('accepts what tgt answered libiscsi with', () => {
    const tgt = recorded('libiscsi-1.19-with-tgt-1.0.85')[1]!
    const login = new InitiatorLogin(WISHES)
    login.begin()
    expect(login.next(loginResponsePdu.decodeComplete(tgt.header)!, tgt.data)).toBeUndefined()
    expect(login.parameters).toMatchObject({ initialR2T: true, immediateData: true, firstBurstLength: 65_536 })
    expect(login.peerMaxRecvDataSegmentLength).toBe(8192)
  })

  test('answers keys that the target offers, and asks on until it may go over', () => {
    const login = new InitiatorLogin(WISHES)
    login.begin()
    const next = login.next(...response({ TaskReporting: 'RFC3720', 'X-new': '1' }, { final: false, nextStage: 0 }))!
    expect(Object.fromEntries(decodeTextKeys(next.text))).toEqual({
      TaskReporting: 'RFC3720',
      'X-new': 'NotUnderstood',
    })
    expect(next).toMatchObject({ transit: true, nextStage: 3 })
    expect(login.next(...response({}))).toBeUndefined()
  })

  test.each([
    ['a digest that was not on offer', { HeaderDigest: 'CRC32C' }, {}],
    ['no yes and no no', { ImmediateData: 'Perhaps' }, {}],
    ['a number out of range', { MaxBurstLength: '1' }, {}],
    ['a receive length out of range', { MaxRecvDataSegmentLength: '17000000' }, {}],
    ['another stage', {}, { currentStage: 0 }],
    ['a stage that was not asked for', {}, { nextStage: 1 }],
  ])('does not accept %s', (_, keys, fields) => {
    const login = new InitiatorLogin(WISHES)
    login.begin()
    expect(() => login.next(...response(keys as Record<string, string>, fields))).toThrow()
  })

  test('a target that never ends the login is left', () => {
    const login = new InitiatorLogin(WISHES)
    login.begin()
    expect(() => {
      for (let count = 0; count < 1000; count++) login.next(...response({}, { final: false, nextStage: 0 }))
    }).toThrow('never ends')
  })

  test('who wants proof of the target does not log in without', () => {
    const login = new InitiatorLogin({ ...WISHES, chap: CHAP, targetChap: { user: 't', password: 'another-secret' } })
    expect(decodeTextKeys(login.begin().text).get('AuthMethod')).toBe('CHAP')
    expect(() =>
      login.next(...response({ AuthMethod: 'None' }, { currentStage: 0, nextStage: 0, final: false })),
    ).toThrow()
  })
})
