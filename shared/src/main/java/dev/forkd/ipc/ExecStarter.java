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
final class ExecStarter implements ProcessStarter {
    /** The child's control pipe, after standard input, output and error. */
    static final int CONTROL = 3;

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public int preference() {
        return 0;
    }

    @Override
    public int start(Fd control) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-Xshare:auto"));
        Arrays.stream(System.getProperty("forkd.ipc.jvm", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildMain.class.getName()));
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
