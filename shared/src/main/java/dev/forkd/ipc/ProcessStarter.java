package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import java.io.IOException;
import java.util.Optional;

/**
 * An engine that makes processes for {@link ForkedProcess}, found by {@link java.util.ServiceLoader}. {@code exec} is always there and
 * starts {@link ChildMain} in a new JVM; {@code fork} comes with the module {@code forkd-worker}. One object per program; safe for all
 * threads.
 */
public interface ProcessStarter {
    /** {@code "exec"}, {@code "fork"}. */
    String name();

    /** Why it cannot start a process now, for whoever runs the program; empty if it can. Does not wait. */
    Optional<String> obstacle();

    /**
     * Starts a child of this process in a process group of its own, that runs {@link ChildMain#serve} on {@code control}. May wait for
     * the engine to be ready.
     *
     * @param control borrowed: the child's end of the control pipe
     * @return the child's pid
     * @throws IOException if it cannot; then nothing has been started
     */
    int start(Fd control) throws IOException;
}
