/** Every limit of the server, with its reason. Tests pass smaller ones. */
const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  /**
   * One websocket message. A room that the server lacks is pushed whole in one message by stock clients,
   * so a frame holds any room, and what is around it.
   */
  frameBytes: 33 * MiB,
  /** A room's content: a long notebook is 1 MiB, a run of a million points 9. More belongs into blobs. */
  roomBytes: 32 * MiB,
  /**
   * Whether a room fits is looked at in full only where its log and the update together are over the limit. That
   * takes a second for the biggest, so no more than this part of the time goes into it for one room.
   */
  weighPart: 0.1,
  /** What may wait in a socket for a reader that does not read: one whole room and as much again. */
  bufferedBytes: 64 * MiB,
  /** What one socket may have on its way to the disk before it is read from again. */
  heldBytes: 8 * MiB,
  /** Messages a second from one socket: ten times a fast typist with a training run. Over it, it is read slower. */
  messagesPerSecond: 500,
  /** Messages at once: what a tab kept while the server was away. */
  messageBurst: 5_000,
  /**
   * Parts of updates that wait in a room for what comes before them: some words typed before a client's first sync
   * step. Each further one costs Yjs a millisecond with this much, and ten with twenty times as much.
   */
  waitingBytes: 2 * KiB,
  /** One presence message: a name, a place, a cursor. */
  awarenessBytes: 64 * KiB,
  /** How deep lists and objects lie in each other in presence: what is deeper takes the stack of who reads it. */
  awarenessDepth: 64,
  /** Presence ids that one socket may speak for: one each, and what stock clients leave behind. */
  awarenessIds: 16,
  /** One chunk of a blob, as clients cut them. */
  chunkBytes: 4 * MiB,
  /**
   * Blobs of one workspace where --quota says nothing else, bytes: some hundred datasets of the size of MNIST with the
   * runs of a year, and small enough that one workspace does not fill an ordinary disk.
   */
  quotaBytes: 10e9,
  /** The bytes of a workspace are counted again after so long, milliseconds; before a refusal after so long. */
  recountMs: 10 * 60_000,
  recountFullMs: 10_000,
  /**
   * A blob that nothing names is kept so long after it was written or asked for, milliseconds: a laptop that was
   * closed between sending a blob and the document that names it may be away for a week.
   */
  graceMs: 7 * 24 * 3600_000,
  /** Blobs that members asked for in vain, remembered for a workspace so that others may give them. */
  mostWanted: 200,
  /** Blobs that nothing names are looked for so long after the start, and then so often, milliseconds. */
  collectAfterMs: 5 * 60_000,
  collectEveryMs: 24 * 3600_000,
  /** A JSON request: some thousand membership entries. */
  jsonBytes: 4 * MiB,
  /** The headers of a request. A token takes 300 bytes. */
  headerBytes: 16 * KiB,
  /** Headers have to be here by then, milliseconds: who sends them byte by byte wants to hold the connection. */
  headersMs: 15_000,
  /** And the whole request, milliseconds: a chunk of 4 MiB over a line of 25 kB/s. */
  requestMs: 180_000,
  /** A connection waits so long for its next request, milliseconds: longer than proxies keep theirs. */
  keepAliveMs: 65_000,
  /** Sockets from one address, each with one room: a class of fifty behind one router, with some rooms each. */
  socketsPerAddress: 2_000,
  /** Rooms that one device has open in a workspace, each on a socket of its own: forty tabs with thirty each. */
  roomsPerDevice: 1_200,
  /** Sockets over a limit that are let in to be told so, from one address at a time. Others are only turned away. */
  toldPerAddress: 32,
  /** Challenges, sign-ins and entries from one address in a minute: everybody renews every five. */
  requestsPerMinute: 1_200,
  /** Deliveries to the audit log from one member in a minute, each of some reports. */
  reportsPerMinute: 30,
  /** Records in one workspace's audit log after which only the server itself still writes to it. */
  auditRecords: 200_000,
  /** New workspaces from one address in a minute. */
  registrationsPerMinute: 60,
  /** Entries in one workspace's membership log. */
  entries: 20_000,
  /** A signed-in client's token, milliseconds. */
  tokenMs: 5 * 60_000,
  /** A challenge waits this long for its answer, milliseconds. */
  challengeMs: 60_000,
  /** What another node committed and the bus does not bring for so long is read from the store, milliseconds. */
  gapMs: 100,
  /** Between two looks into the store for what the bus lost, while it works and while it is away, milliseconds. */
  lookMs: 10_000,
  lookAwayMs: 500,
  /** Between two looks whether a socket still answers, milliseconds: two in what clients bear of silence. */
  pingMs: 12_000,
  /** A server that is told to stop waits so long for commits, and for requests to end, milliseconds. */
  stopMs: 10_000,
  /** And for its clients to take leave. */
  leaveMs: 1_000,
  /** A commit that takes longer is written into the log, milliseconds. */
  slowCommitMs: 1_000,
  /** What comes in floods is written into the log once in so many milliseconds, with its number. */
  logMs: 60_000,
  /** With fewer bytes free the server says that it is not ready. */
  freeDiskBytes: 256 * MiB,
  /** A store, a bus or a disk that has not answered by then is not well, milliseconds. */
  probeMs: 3_000,
  /** A room that nobody has open stays in memory this long, milliseconds. */
  idleRoomMs: 10_000,
  /** Updates since the last snapshot that make folding them worth its while, or so many bytes of them … */
  foldUpdates: 1_000,
  foldBytes: 4 * MiB,
  /** … if they are also this part of the snapshot's size; else so many more updates. */
  foldPart: 0.25,
  foldUpdatesAtLast: 20_000,
} as const;

/** The same, to be told apart by tests. */
export type Limits = { readonly [name in keyof typeof limits]: number };
