package dev.forkd.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A function of the C library whose arguments are integers and pointers.
 *
 * <p>All functions are called through one shape, six machine words in and one out: the calling conventions of Linux (x86-64
 * System V, AAPCS64) put the first six such arguments into the same registers whatever their declared width, variadic or not, and a
 * callee ignores registers that it does not declare. One shape means that the JVM makes one call stub instead of one per
 * signature, each of which costs milliseconds at the start of every process. A record, because the JIT trusts final fields of
 * records and so inlines the handle.
 */
record CFunction(String name, MethodHandle handle) {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final MemoryLayout WORD = ValueLayout.JAVA_LONG;
    static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, WORD, WORD, WORD, WORD, WORD, WORD);

    /** One slot per thread: errno is a thread's own, and so is its copy. */
    private static final ThreadLocal<MemorySegment> ERRNO =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.JAVA_INT));

    /** @throws IllegalStateException if the C library has no such function */
    static CFunction named(String name) {
        return in(LINKER.defaultLookup(), name);
    }

    static CFunction in(SymbolLookup library, String name) {
        MemorySegment address = library.find(name)
                .orElseThrow(() -> new IllegalStateException(
                        "the C library has no function " + name + "(); forkd needs Linux with glibc 2.34 or newer"));
        return new CFunction(name, LINKER.downcallHandle(address, SHAPE, CAPTURE));
    }

    /** Returns what the function returned; {@link #errno} tells why if that means failure. */
    long call(long a, long b, long c, long d, long e, long f) {
        try {
            return (long) handle.invokeExact(ERRNO.get(), a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError(name, t); // a C function throws nothing
        }
    }

    long call(long a, long b, long c, long d) {
        return call(a, b, c, d, 0, 0);
    }

    long call(long a, long b, long c) {
        return call(a, b, c, 0, 0, 0);
    }

    long call(long a, long b) {
        return call(a, b, 0, 0, 0, 0);
    }

    long call(long a) {
        return call(a, 0, 0, 0, 0, 0);
    }

    long call() {
        return call(0, 0, 0, 0, 0, 0);
    }

    /** errno as the last call on this thread left it. */
    static int errno() {
        return ERRNO.get().get(ValueLayout.JAVA_INT, 0);
    }

    /** For functions that return an int, -1 on failure: the result, or the exception. */
    int orThrow(long result) throws SyscallException {
        int value = (int) result;
        if (value == -1) {
            throw new SyscallException(name, errno());
        }
        return value;
    }

    /** The same for functions that return a word (ssize_t, pointers): -1 is failure. */
    long orThrowLong(long result) throws SyscallException {
        if (result == -1) {
            throw new SyscallException(name, errno());
        }
        return result;
    }

    /** The same, except that the errno given is no failure: then -1 is returned. */
    int orThrowUnless(long result, int tolerated) throws SyscallException {
        int value = (int) result;
        if (value == -1 && errno() != tolerated) {
            throw new SyscallException(name, errno());
        }
        return value;
    }
}
