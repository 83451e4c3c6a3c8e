package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * An engine that makes processes for {@link ForkedProcess}; found by {@link ServiceLoader}. {@code exec} is always there and starts
 * {@link ChildMain} in a new JVM.
 */
public interface ProcessStarter {
    /** {@code "exec"}, {@code "fork"}. */
    String name();

    /** Whether it works on this machine, in this process, now. */
    boolean available();

    /** Among the available the greatest is taken; {@code exec} has 0. */
    int preference();

    /**
     * Starts a child of this process in a process group of its own, that runs {@link ChildMain#serve} on {@code control}.
     *
     * @param control borrowed: the child's end of the control pipe
     * @return the child's pid
     */
    int start(Fd control) throws IOException;

    /** The engine to use: the one of this name, or the preferred one if the name is {@code "auto"}. */
    static ProcessStarter named(String engine) {
        List<ProcessStarter> all = ServiceLoader.load(ProcessStarter.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return all.stream()
                .filter(starter -> engine.equals("auto")
                        ? starter.available()
                        : starter.name().equals(engine))
                .max(Comparator.comparingInt(ProcessStarter::preference))
                .orElseGet(ExecStarter::new);
    }
}
