package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * posix_spawn(3): starts a program with exactly the descriptors named, in a process group of its own, all signals at their
 * defaults and unblocked. The JDK's own descriptors are not close-on-exec, hence {@code addclosefrom_np}.
 */
public final class Spawn {
    private static final CFunction POSIX_SPAWN = CFunction.named("posix_spawn");
    private static final CFunction ACTIONS_INIT = CFunction.named("posix_spawn_file_actions_init");
    private static final CFunction ACTIONS_DESTROY = CFunction.named("posix_spawn_file_actions_destroy");
    private static final CFunction ADD_DUP2 = CFunction.named("posix_spawn_file_actions_adddup2");
    private static final CFunction ADD_CLOSEFROM = CFunction.named("posix_spawn_file_actions_addclosefrom_np");
    private static final CFunction ADD_CHDIR = CFunction.named("posix_spawn_file_actions_addchdir_np");
    private static final CFunction ATTR_INIT = CFunction.named("posix_spawnattr_init");
    private static final CFunction ATTR_DESTROY = CFunction.named("posix_spawnattr_destroy");
    private static final CFunction SET_FLAGS = CFunction.named("posix_spawnattr_setflags");
    private static final CFunction SET_DEFAULT = CFunction.named("posix_spawnattr_setsigdefault");
    private static final CFunction SET_MASK = CFunction.named("posix_spawnattr_setsigmask");
    private static final int SETPGROUP = 2, SETSIGDEF = 4, SETSIGMASK = 8;
    private static final int ACTIONS_SIZE = 256, ATTR_SIZE = 512, SIGSET_SIZE = 128;

    private final List<String> command;
    private final List<String> environment = new ArrayList<>();
    private final List<Fd> descriptors = new ArrayList<>();
    private String directory;

    /** @param command program (an absolute path) and arguments */
    public Spawn(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** The whole environment of the child. */
    public Spawn environment(Map<String, String> variables) {
        variables.forEach((name, value) -> environment.add(name + "=" + value));
        return this;
    }

    /** Descriptors 0, 1, 2, 3 … of the child, borrowed; all others are closed in it. */
    public Spawn descriptors(List<Fd> inOrder) {
        descriptors.addAll(inOrder);
        return this;
    }

    /** The child's working directory; the parent's otherwise. */
    public Spawn directory(String path) {
        this.directory = path;
        return this;
    }

    /** @return the child's pid. @throws SyscallException ENOENT, EACCES, EAGAIN (process limit), ENOMEM */
    public int start() throws SyscallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(ACTIONS_SIZE, 16);
            MemorySegment attributes = arena.allocate(ATTR_SIZE, 16);
            check(ACTIONS_INIT, ACTIONS_INIT.call(actions.address()));
            check(ATTR_INIT, ATTR_INIT.call(attributes.address()));
            try {
                prepare(arena, actions, attributes);
                MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
                check(
                        POSIX_SPAWN,
                        POSIX_SPAWN.call(
                                pid.address(),
                                arena.allocateFrom(command.getFirst()).address(),
                                actions.address(),
                                attributes.address(),
                                strings(arena, command).address(),
                                strings(arena, environment).address()));
                return pid.get(ValueLayout.JAVA_INT, 0);
            } finally {
                long _ = ACTIONS_DESTROY.call(actions.address());
                long _ = ATTR_DESTROY.call(attributes.address());
            }
        }
    }

    private void prepare(Arena arena, MemorySegment actions, MemorySegment attributes) throws SyscallException {
        int park = parkingPlace();
        for (int i = 0; i < descriptors.size(); i++) {
            check(ADD_DUP2, ADD_DUP2.call(actions.address(), descriptors.get(i).number(), park + i));
        }
        for (int i = 0; i < descriptors.size(); i++) {
            check(ADD_DUP2, ADD_DUP2.call(actions.address(), park + i, i));
        }
        check(ADD_CLOSEFROM, ADD_CLOSEFROM.call(actions.address(), descriptors.size()));
        if (directory != null) {
            check(
                    ADD_CHDIR,
                    ADD_CHDIR.call(
                            actions.address(), arena.allocateFrom(directory).address()));
        }
        check(SET_FLAGS, SET_FLAGS.call(attributes.address(), SETPGROUP | SETSIGDEF | SETSIGMASK));
        MemorySegment signals = arena.allocate(SIGSET_SIZE, 8);
        check(SET_MASK, SET_MASK.call(attributes.address(), signals.address()));
        signals.fill((byte) 0xff);
        check(SET_DEFAULT, SET_DEFAULT.call(attributes.address(), signals.address()));
    }

    /**
     * File actions run in order, so each descriptor is first copied to a place that is neither a source nor a target: the lowest
     * run of numbers that no source lies in, which RLIMIT_NOFILE allows whatever the sources' numbers are.
     */
    private int parkingPlace() {
        int count = descriptors.size();
        int place = count;
        for (int candidate = count; candidate < place + count; candidate++) {
            int number = candidate;
            if (descriptors.stream().anyMatch(fd -> fd.number() == number)) {
                place = candidate + 1;
            }
        }
        return place;
    }

    private static MemorySegment strings(Arena arena, List<String> list) {
        MemorySegment vector = arena.allocate(ValueLayout.JAVA_LONG, list.size() + 1L);
        for (int i = 0; i < list.size(); i++) {
            vector.setAtIndex(
                    ValueLayout.JAVA_LONG, i, arena.allocateFrom(list.get(i)).address());
        }
        return vector;
    }

    /** This family returns the error number instead of setting errno. */
    private void check(CFunction function, long result) throws SyscallException {
        if ((int) result != 0) {
            throw new SyscallException(function.name(), (int) result).during("cannot start " + command.getFirst());
        }
    }
}
