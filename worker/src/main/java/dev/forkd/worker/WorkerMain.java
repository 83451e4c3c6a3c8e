package dev.forkd.worker;

import dev.forkd.sys.Fd;
import dev.forkd.worker.control.Boot;

/**
 * The worker process. Started by the supervisor with its control socket as descriptor 3 and with its standard output and error going
 * to the supervisor's log; takes no arguments, for all it must know comes over the control socket.
 */
public final class WorkerMain {
    private static final int CONTROL_FD = 3;

    private WorkerMain() {}

    public static void main(String[] args) {
        Boot.run(new Fd(CONTROL_FD));
    }
}
