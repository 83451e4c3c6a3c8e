package dev.forkd.fork;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.List;

/** Work that stresses one part of a JVM, for {@link StressMode}: the compilers, a stack to its end, a call from C into Java. */
final class StressWork {
    private StressWork() {}

    static int fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int recurse(int n) {
        return 1 + recurse(n + 1);
    }

    /** Uses up the calling thread's stack. @return whether that ended as it should */
    static boolean overflows() {
        try {
            return recurse(0) == 0;
        } catch (StackOverflowError e) {
            return true;
        }
    }

    /** Sorts by qsort(3), which calls back into Java to compare. */
    static List<Integer> sortedByQsort(List<Integer> numbers) throws Throwable {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor comparison =
                FunctionDescriptor.of(JAVA_INT, ADDRESS.withTargetLayout(JAVA_INT), ADDRESS.withTargetLayout(JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment compare = linker.upcallStub(
                    MethodHandles.lookup()
                            .findStatic(
                                    StressWork.class,
                                    "compare",
                                    MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class)),
                    comparison,
                    arena);
            int[] values = numbers.stream().mapToInt(Integer::intValue).toArray();
            MemorySegment memory = arena.allocateFrom(JAVA_INT, values);
            linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("qsort"),
                            FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS))
                    .invoke(memory, (long) values.length, 4L, compare);
            return Arrays.stream(memory.toArray(JAVA_INT)).boxed().toList();
        }
    }

    static int compare(MemorySegment a, MemorySegment b) {
        return Integer.compare(a.get(JAVA_INT, 0), b.get(JAVA_INT, 0));
    }
}
