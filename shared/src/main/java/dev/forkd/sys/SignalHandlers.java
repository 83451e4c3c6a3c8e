package dev.forkd.sys;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Handlers for signals of the operating system, through {@code sun.misc.Signal}, for which the JDK has no public replacement. The one
 * class that uses it, and reflectively, because the compiler warns of it in a way that cannot be switched off in one place.
 */
public final class SignalHandlers {
    private SignalHandlers() {}

    /**
     * From now on the signal runs {@code handler} on a thread of the JVM's.
     *
     * @param name without SIG, such as {@code TERM}
     * @throws IllegalArgumentException for a signal that HotSpot keeps for itself (QUIT, SEGV, …) or does not know
     */
    public static void handle(String name, Runnable handler) {
        Runnable _ = exchange(name, handler);
    }

    /** As {@link #handle}. @return puts the former handling back */
    public static Runnable exchange(String name, Runnable handler) {
        return exchange(name, proxy(handler));
    }

    /** From now on the signal is ignored (SIG_IGN). @return puts the former handling back */
    public static Runnable ignore(String name) {
        return exchange(name, constant("SIG_IGN"));
    }

    /** From now on the signal does what it does by default (SIG_DFL). @return puts the former handling back */
    public static Runnable byDefault(String name) {
        return exchange(name, constant("SIG_DFL"));
    }

    /** Number of a signal. @throws IllegalArgumentException if there is none of that name */
    public static int number(String name) {
        try {
            return (int) signal(name).getClass().getMethod("getNumber").invoke(signal(name));
        } catch (ReflectiveOperationException e) {
            throw missing(e);
        }
    }

    private static Runnable exchange(String name, Object handler) {
        try {
            Object signal = signal(name);
            Method handle = signal.getClass().getMethod("handle", signal.getClass(), handlerType());
            Object before = handle.invoke(null, signal, handler);
            return () -> {
                Runnable _ = exchange(name, before);
            };
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "cannot handle SIG" + name + ": " + e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw missing(e);
        }
    }

    private static Object signal(String name) {
        try {
            return Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "no signal SIG" + name + ": " + e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw missing(e);
        }
    }

    private static Object proxy(Runnable handler) {
        return Proxy.newProxyInstance(
                SignalHandlers.class.getClassLoader(), new Class<?>[] {handlerType()}, (_, method, _) -> {
                    if (method.getName().equals("handle")) {
                        handler.run();
                    }
                    return null;
                });
    }

    private static Object constant(String name) {
        try {
            return handlerType().getField(name).get(null);
        } catch (ReflectiveOperationException e) {
            throw missing(e);
        }
    }

    private static Class<?> handlerType() {
        try {
            return Class.forName("sun.misc.SignalHandler");
        } catch (ClassNotFoundException e) {
            throw missing(e);
        }
    }

    private static IllegalStateException missing(ReflectiveOperationException e) {
        return new IllegalStateException("this JDK has no sun.misc.Signal (module jdk.unsupported)", e);
    }
}
