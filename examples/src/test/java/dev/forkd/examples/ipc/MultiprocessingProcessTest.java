package dev.forkd.examples.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.sys.Processes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lessons run, and docs/ipc.md shows the same code. */
@Tag("process")
@Timeout(300)
final class MultiprocessingProcessTest {
    private static final Path HOME = Path.of(System.getProperty("forkd.home", ".."));

    @Test
    void theLessonsDoWhatTheySay() throws Exception {
        Processes.becomeSubreaper(); // one of them makes an orphan
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            Multiprocessing.main(new String[0]);
        } finally {
            System.setOut(before);
            ForkdProcess.awaitNoOrphans();
        }
        assertEquals("""
            greeter false 0
            9
            16
            [1, 4, 9]
            you said hello
            to be
            nothing will come
            true true false
            true 2 false
            false
            3 4
            locked true
            true
            false 0
            true exited 0
            USR2: exited 0
            paused until ALRM
            killed by SIGKILL -9
            its daemon ends with it: true
            """, said.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theDocumentationShowsCodeThatIsCompiled() throws Exception {
        String code = squeezed(
                Files.readString(HOME.resolve("examples/src/main/java/dev/forkd/examples/ipc/Multiprocessing.java")));
        String document = Files.readString(HOME.resolve("docs/ipc.md"));
        int shown = 0;
        for (String block : blocks(section(document, "## Lessons"))) {
            assertTrue(code.contains(squeezed(block)), "not in Multiprocessing.java:\n" + block);
            shown++;
        }
        assertTrue(shown >= 11, "only " + shown + " examples");
    }

    /** What is taught about multiprocessing and signals, in a lesson that shows both languages. */
    @Test
    void eachNameThatIsTaughtHasItsLesson() throws Exception {
        String lessons = section(Files.readString(HOME.resolve("docs/ipc.md")), "## Lessons");
        List<String> both = Pattern.compile("\n### ")
                .splitAsStream(lessons)
                .skip(1)
                .filter(lesson -> lesson.contains("```java") && lesson.contains("```python"))
                .toList();
        for (String name : List.of(
                "mp.Process(",
                "p.start()",
                "p.join()",
                "mp.Pool(",
                "pool.apply(",
                "pool.apply_async(",
                "pool.map(",
                "pool.close()",
                "pool.join()",
                "mp.Pipe(duplex=",
                "mp.Queue(4)",
                "block=True, timeout=",
                "q.get(timeout=",
                "q.full()",
                "q.empty()",
                "q.qsize()",
                "q.close()",
                "mp.Value(",
                "mp.Array(",
                "mp.Lock()",
                "mp.BoundedSemaphore(",
                "mp.Event()",
                "signal.signal(",
                "os.kill(",
                "SIGALRM",
                "signal.pause()",
                "zombie",
                "orphan")) {
            assertTrue(both.stream().anyMatch(lesson -> lesson.contains(name)), "no lesson with " + name);
        }
    }

    /** From a heading to the next of its kind. */
    private static String section(String document, String heading) {
        int start = document.indexOf(heading);
        int end = document.indexOf("\n## ", start);
        return document.substring(start, end < 0 ? document.length() : end);
    }

    private static List<String> blocks(String document) {
        Matcher fences = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(document);
        return fences.results().map(found -> found.group(1)).toList();
    }

    /** Without blanks and line breaks, which differ. */
    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
