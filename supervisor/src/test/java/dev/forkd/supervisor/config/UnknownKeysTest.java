package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people are told of a key that is none, or stands in the wrong table. */
class UnknownKeysTest {
    @TempDir
    Path dir;

    private List<String> problems(String text) {
        return ConfigProblems.of(text, dir);
    }

    @Test
    void unknownKeys() {
        assertEquals(
                List.of(
                        "2: handler is missing; give a class name with its classpath, or one that is built in: echo, files, http, ftp",
                        "3: unknown key \"handlr\" in [services.echo]; did you mean \"handler\"?",
                        "5: unknown key \"max_spare\" in [services.echo.workers]; did you mean \"max-spares\"?",
                        "6: unknown key \"contrl\"; did you mean \"control\"?",
                        "8: unknown key \"sockt\" in [control]; did you mean \"socket\"?",
                        "9: unknown key \"xyzzy\" in [control]"),
                problems("""
                        # a comment
                        [services.echo]
                        handlr = "echo"
                        listen = "tcp://127.0.0.1:0"
                        workers.max_spare = 3
                        [contrl]
                        [control]
                        sockt = "x"
                        xyzzy = 1
                        """));
    }

    /** "unknown key access-log in [services.web]" left the reader to search for the table that has it. */
    @Test
    void keysInTheWrongTable() throws Exception {
        Files.createDirectories(dir.resolve("com/example"));
        Files.createFile(dir.resolve("com/example/Own.class"));
        assertEquals(
                List.of(
                        "4: unknown key \"access-log\" in [services.x]; it belongs in [control]",
                        "5: unknown key \"min-spares\" in [services.x]; it belongs in [services.x.workers]",
                        "6: unknown key \"certificate\" in [services.x]; it belongs in [services.x.tls]",
                        "7: unknown key \"anonymous\" in [services.x]; it is a setting of handler \"ftp\"",
                        "9: unknown key \"access-log\" in [services.y]; it belongs in [control]",
                        "13: unknown key \"idle\" in [services.y.workers]; it belongs in [services.y.timeouts]",
                        "15: unknown key \"listen\" in [control]; it belongs in [services.x]"),
                problems("""
                        [services.x]
                        listen = "tcp://127.0.0.1:0"
                        handler = "http"
                        access-log = "access.log"
                        min-spares = 3
                        certificate = "c.pem"
                        anonymous = true
                        [services.y]
                        access-log = "access.log"
                        listen = "tcp://127.0.0.1:0"
                        handler = "com.example.Own"
                        classpath = ["."]
                        workers.idle = 3
                        [control]
                        listen = "tcp://127.0.0.1:1"
                        """));
    }
}
