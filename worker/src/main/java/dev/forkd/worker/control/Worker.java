package dev.forkd.worker.control;

import java.io.IOException;

/** One way of serving; chosen by {@code concurrency} and {@code threads}. */
public interface Worker {

    /** Whether {@link #serve} leaves the process as it was, so that a zygote can run it as a rehearsal. */
    boolean rehearsable();

    /** Once, before any client, in a zygote before it freezes: starts what threads it needs. */
    void prepare();

    /**
     * Serves clients from the control socket until it has had {@code clients} of them (0: no limit), is drained, or the supervisor
     * is gone.
     *
     * @return the code that the process should end with
     */
    WorkerExit serve(ControlSocket control, int clients) throws IOException;
}
