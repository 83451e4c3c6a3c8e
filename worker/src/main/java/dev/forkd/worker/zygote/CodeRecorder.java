package dev.forkd.worker.zygote;

import dev.forkd.protocol.Message;
import dev.forkd.protocol.UsedClass;
import dev.forkd.sys.HotSpotClasses;
import dev.forkd.worker.control.ControlSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the classes that a worker loaded or initialised and its zygote had not. The zygote notes what it has, its children compare. Reads
 * memory only: in a forked worker no thread is revived for it.
 */
final class CodeRecorder {
    /** What one worker reports at most. */
    private static final int MOST_BYTES = 64 * 1024;

    /** Leaves room for the header in a message of {@link dev.forkd.protocol.Codec#MAX_FROM_WORKER}. */
    private static final int PART_BYTES = 12 * 1024;

    private final HotSpotClasses classes;
    private final Map<Long, Boolean> initialised = new HashMap<>();

    /** In a zygote that has all that it will have. @throws IllegalStateException if this JVM does not let us look */
    CodeRecorder() {
        this.classes = HotSpotClasses.ofThisProcess();
        note();
        List<UsedClass> _ = used(); // so that its own classes are not what children find to be new
        note();
    }

    private void note() {
        classes.forEach(type -> initialised.put(type, classes.isInitialised(type)));
    }

    /** What was used since it was noted, the classes loaded last first; cut where it becomes too much. */
    private List<UsedClass> used() {
        List<UsedClass> used = new ArrayList<>();
        int[] bytes = {0};
        classes.forEach(type -> {
            boolean now = classes.isInitialised(type);
            Boolean before = initialised.get(type);
            String name = before == null || (now && !before) ? classes.name(type) : "";
            if (UsedClass.isName(name) && bytes[0] < MOST_BYTES) {
                used.add(new UsedClass(name, now));
                bytes[0] += used.getLast().bytes();
            }
        });
        return used;
    }

    /** Tells the supervisor what was used since. */
    void report(ControlSocket control) {
        List<UsedClass> part = new ArrayList<>();
        int bytes = 0;
        for (UsedClass one : used()) {
            if (bytes + one.bytes() > PART_BYTES) {
                control.send(new Message.Recorded(false, part));
                part.clear();
                bytes = 0;
            }
            part.add(one);
            bytes += one.bytes();
        }
        control.send(new Message.Recorded(true, part));
    }
}
