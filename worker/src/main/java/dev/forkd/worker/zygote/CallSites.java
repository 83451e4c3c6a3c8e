package dev.forkd.worker.zygote;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Call sites of the kinds that javac makes for lambdas, method references, string concatenation, records and switches over types. A
 * handler's own are linked in each worker anew, for nothing but running them links them; but how quick that is depends on code of the
 * JDK's that can be run before, with these. Each round is a class of its own, which the next collection unloads.
 */
final class CallSites implements Supplier<List<Object>> {
    private int number = 3;
    private String text = "text";

    private record Pair(String name, int value) {}

    /** Defines this class and its record once more. */
    private static final class Once extends ClassLoader {
        Once() {
            super(CallSites.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean ours = name.equals(CallSites.class.getName()) || name.equals(Pair.class.getName());
            Class<?> before = ours ? findLoadedClass(name) : super.loadClass(name, resolve);
            return before != null ? before : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = CallSites.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Links all of them so many times. */
    static void link(int rounds) throws IOException {
        try {
            for (int i = 0; i < rounds; i++) {
                var constructor =
                        new Once().loadClass(CallSites.class.getName()).getDeclaredConstructor();
                constructor.setAccessible(true);
                Object _ = ((Supplier<?>) constructor.newInstance()).get();
            }
        } catch (ReflectiveOperationException e) {
            throw new IOException("call sites of forkd's own cannot be linked", e);
        }
    }

    @Override
    public List<Object> get() {
        List<Object> results = new ArrayList<>();
        lambdas(results);
        references(results);
        concatenations(results);
        results.add(kind(results.getFirst()));
        return results;
    }

    private void lambdas(List<Object> results) {
        Supplier<String> noCapture = () -> "fixed";
        Supplier<String> ofThis = () -> text;
        int local = number;
        String other = text;
        Function<String, String> ofLocals = s -> s.isEmpty() ? other : s.substring(local);
        Predicate<Integer> predicate = i -> i > local;
        IntPredicate primitive = i -> i > number;
        BinaryOperator<Integer> operator = (a, b) -> a * b;
        BiFunction<String, Integer, Character> two = (s, i) -> s.charAt(i);
        Consumer<Object> consumer = results::add;
        Runnable runnable = () -> results.add(local);
        runnable.run();
        consumer.accept(noCapture.get());
        results.add(ofThis.get());
        results.add(ofLocals.apply(text));
        results.add(predicate.test(number));
        results.add(primitive.test(number));
        results.add(operator.apply(number, number));
        results.add(two.apply(text, 1));
    }

    private void references(List<Object> results) {
        Supplier<TreeMap<String, Object>> constructor = TreeMap::new;
        Function<Object, String> ofClass = String::valueOf;
        ToIntFunction<String> primitive = String::length;
        ToLongFunction<Integer> wide = Integer::longValue;
        IntFunction<int[]> array = int[]::new;
        Comparator<String> comparator = String::compareTo;
        constructor.get().put(ofClass.apply(number), array.apply(number));
        results.add(primitive.applyAsInt(text));
        results.add(wide.applyAsLong(number));
        results.add(comparator.compare(text, "other"));
    }

    private void concatenations(List<Object> results) {
        long wide = number;
        results.add(text + number);
        results.add(number + text);
        results.add(text + ", " + text);
        results.add(text + text + "\n");
        results.add("a " + text + " of " + number + " and " + wide + '.');
        results.add(new Pair(text, number).toString());
        results.add(new Pair(text, number).hashCode());
    }

    private static String kind(Object object) {
        return switch (object) {
            case Integer i when i > 100 -> "large";
            case Integer i -> "integer " + i;
            case CharSequence s -> s.toString();
            default -> "other";
        };
    }
}
