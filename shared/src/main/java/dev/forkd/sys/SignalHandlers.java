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
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    SignalHandlers.class.getClassLoader(),
                    new Class<?>[] {signalHandler},
                    (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            handler.run();
                        }
                        return null;
                    });
            Method handle = signal.getMethod("handle", signal, signalHandler);
            Object _ = handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "cannot handle SIG" + name + ": " + e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no sun.misc.Signal (module jdk.unsupported)", e);
        }
    }
}
