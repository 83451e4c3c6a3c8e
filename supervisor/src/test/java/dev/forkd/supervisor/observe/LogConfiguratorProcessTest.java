package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.testing.ForkdProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the log of a whole forkd goes. */
@Tag("process")
class LogConfiguratorProcessTest {
    private static final String TOML = """
            [services.echo]
            listen = ["tcp://127.0.0.1:0"]
            handler = "echo"
            workers = { engine = "exec", min-spares = 1, max-spares = 1 }
            """;
    private static final String LINE =
            "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) (INFO |WARN ) \\w+ event=";
    private static final int END = 1; // the mark of the log's end

    @TempDir
    Path directory;

    @Test
    void itGoesToStandardErrorLineByLine() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, TOML)) {
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(forkd.logSize() - END, forkd.countLog(LINE), forkd.log());
        }
    }

    @Test
    void theLevelIsASystemProperty() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, TOML, "-Dforkd.log=DEBUG")) {
            forkd.client("echo").close();
            var _ = forkd.awaitLog(" DEBUG \\w+ event=");
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    @Test
    void aFileOfTheOperatorsOwnGoesFirst() throws Exception {
        Path file = Files.writeString(directory.resolve("own.xml"), """
                <configuration>
                  <appender name="tail" class="dev.forkd.supervisor.observe.LogTail"/>
                  <appender name="own" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target>
                    <encoder><pattern>own: %level %msg%n</pattern></encoder>
                  </appender>
                  <root level="WARN"><appender-ref ref="own"/><appender-ref ref="tail"/></root>
                  <logger name="dev.forkd.supervisor.loop.SupervisorMain" level="INFO"/>
                </configuration>
                """);
        try (ForkdProcess forkd = ForkdProcess.serve(directory, TOML, "-Dlogback.configurationFile=" + file)) {
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(1, forkd.countLog("^own: INFO event=signal name=TERM$"), forkd.log());
            assertEquals(1, forkd.logSize() - END, forkd.log());
        }
    }

    @Test
    void aFileThatIsNotThereIsSaidAndLeavesTheLogAsItIs() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, TOML, "-Dlogback.configurationFile=missing.xml")) {
            assertEquals(0, forkd.stop(), forkd.log());
            assertEquals(1, forkd.countLog(" INFO  Supervisor event=started "), forkd.log());
            assertEquals(
                    1,
                    forkd.countLog(" WARN  LogConfigurator event=no-log-file logback.configurationFile=missing.xml "),
                    forkd.log());
        }
    }
}
