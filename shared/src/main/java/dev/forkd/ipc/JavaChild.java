package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import dev.forkd.sys.Spawn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * posix_spawn of this JVM's {@code java} with this program's class path, and after it what {@link #extendClassPath} has named. Output goes where ours goes; input is empty. The system
 * property {@code forkd.ipc.jvm} holds options for the children, separated by blanks.
 */
public final class JavaChild {
    /** The child's control socket, after standard input, output and error. */
    public static final int CONTROL = 3;

    private static volatile List<String> more = List.of();

    private JavaChild() {}

    /**
     * Where children find the classes that this program has from a class loader of its own; replaces what was named before. What they send
     * back is read with the context class loader of whichever thread receives it.
     *
     * @param entries jars and folders
     */
    public static void extendClassPath(List<String> entries) {
        more = List.copyOf(entries);
    }

    /**
     * Starts a JVM in a process group of its own.
     *
     * @param options for the JVM, before those of the property
     * @param control borrowed: becomes the child's descriptor {@value #CONTROL}
     * @return the pid
     */
    public static int start(List<String> options, Class<?> main, Fd control) throws IOException {
        Fd ourOutput = new Fd(1);
        Fd ourErrors = new Fd(2);
        try (Fd noInput = Io.open("/dev/null", 0, 0)) {
            return new Spawn(command(options, main))
                    .environment(System.getenv())
                    .descriptors(List.of(noInput, ourOutput, ourErrors, control))
                    .start();
        } finally {
            int _ = ourOutput.release();
            int _ = ourErrors.release();
        }
    }

    static List<String> command(List<String> options, Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        Arrays.stream(System.getProperty("forkd.ipc.jvm", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        List<String> classPath = new ArrayList<>();
        classPath.add(System.getProperty("java.class.path"));
        classPath.addAll(more);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), main.getName()));
        return command;
    }
}
