package dev.forkd.ipc;

/**
 * The first 64 bytes of every shared object.
 *
 * <pre>
 *    0 int  magic     "FKI" and the layout's version: a change of any layout changes it
 *    4 int  kind      {@link Kind#code}
 *    8 int  state     0 raw; a short {@link Identity} while that process prepares it; READY
 *   12 int  pid namespace of all who take part: pids mean nothing across namespaces
 *   16 long size      of the memory in bytes
 *   24 long, 32 long, 40 long   what the object was made with ({@link Segment.Shape})
 * </pre>
 */
final class SegmentLayout {
    static final int VERSION = 1;
    static final int MAGIC = ('F' << 24) | ('K' << 16) | ('I' << 8) | VERSION;
    static final int MAGIC_AT = 0, KIND_AT = 4, STATE_AT = 8, NAMESPACE_AT = 12, SIZE_AT = 16, SHAPE_AT = 24;
    static final int READY = -1;
    static final int HEADER = 64;

    /** Words that different processes write lie on cache lines of their own. */
    static final int LINE = 64;

    private SegmentLayout() {}
}
