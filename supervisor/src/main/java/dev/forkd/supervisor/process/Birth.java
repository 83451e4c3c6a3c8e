package dev.forkd.supervisor.process;

import dev.forkd.sys.Fd;

/** A worker that is asked for. Exactly one of {@link #born} and {@link #stillborn} is called, on the loop. */
public interface Birth {

    /** The child's end of its control socket; the engine takes it. */
    Fd childSocket();

    /** The process exists. */
    void born(int pid);

    /** It could not be made. @param reason what was tried and why it failed */
    void stillborn(String reason);
}
