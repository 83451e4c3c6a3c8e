package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Spawn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * posix_spawn of this JVM's {@code java} with this program's class path. Output goes where ours goes; input is empty. The system
 * property {@code forkd.ipc.jvm} holds options for the children, separated by blanks.
 */
public final class JavaChild {
    /** The child's control socket, after standard input, output and error. */
    public static final int CONTROL = 3;

    private JavaChild() {}

    /**
     * Starts a JVM in a process group of its own.
     *
     * @param options for the JVM, before those of the property
     * @param control borrowed: becomes the child's descriptor {@value #CONTROL}
     * @return the pid
     */
    public static int start(List<String> options, Class<?> main, Fd control) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        Arrays.stream(System.getProperty("forkd.ipc.jvm", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Fd ourOutput = new Fd(1);
        Fd ourErrors = new Fd(2);
        try (Fd noInput = Io.open("/dev/null", 0, 0)) {
            return new Spawn(command)
                    .environment(System.getenv())
                    .descriptors(List.of(noInput, ourOutput, ourErrors, control))
                    .start();
        } finally {
            int _ = ourOutput.release();
            int _ = ourErrors.release();
        }
    }
}
