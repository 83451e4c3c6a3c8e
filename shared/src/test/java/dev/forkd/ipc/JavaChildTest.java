package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JavaChildTest {
    @Test
    void childrenFindTheClassesOfAProgramsOwnClassLoader() {
        List<String> before = JavaChild.command(List.of(), ChildMain.class);
        JavaChild.extendClassPath(List.of("/there/a.jar", "/there/classes"));
        try {
            List<String> with = JavaChild.command(List.of(), ChildMain.class);
            assertEquals(classPath(before) + ":/there/a.jar:/there/classes", classPath(with));
        } finally {
            JavaChild.extendClassPath(List.of());
        }
        assertEquals(before, JavaChild.command(List.of(), ChildMain.class));
    }

    private static String classPath(List<String> command) {
        return command.get(command.indexOf("-cp") + 1);
    }
}
