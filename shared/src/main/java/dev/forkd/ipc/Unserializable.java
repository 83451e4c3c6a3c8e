package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Why an object cannot travel to another process: what in it is not serializable, and where it is held. Java serialisation names the
 * class only, which is of little help where a lambda captured it. Runs after a failure, so it may take its time; what it may not
 * look into (fields of other modules) it leaves out.
 */
final class Unserializable {
    private static final int MOST_OBJECTS = 10_000;

    /** What a user's function is wrapped in on its way is no news to the user. */
    private static final List<Class<?>> WRAPPERS =
            List.of(ProcessPool.class, PoolWorker.class, PoolProtocol.class, ChildMain.class);

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Held> next = new ArrayDeque<>();

    /** An object and who holds it, from the inside outwards. */
    private record Held(Object object, List<String> holders) {}

    private Unserializable() {}

    /** @return one sentence on what is in the way and one on what to do; empty if it cannot be found */
    static Optional<String> explain(Object root) {
        return new Unserializable().find(root);
    }

    /** What the root is to who sent it. */
    static String subject(Object root) {
        return switch (root) {
            case Chunk _ -> "items or results of a task";
            case PoolProtocol.Function _ -> "a task";
            case ChildMain.Start _ -> "the target of a process";
            default -> root.getClass().getName();
        };
    }

    private Optional<String> find(Object root) {
        next.add(new Held(root, List.of()));
        while (!next.isEmpty() && seen.size() < MOST_OBJECTS) {
            Held held = next.removeFirst();
            if (held.object() == null || travels(held.object()) || !seen.add(held.object())) {
                continue;
            }
            if (!(held.object() instanceof Serializable)) {
                return Optional.of(tell(held));
            }
            lookInto(held);
        }
        return Optional.empty();
    }

    private static String tell(Held held) {
        String type = held.object().getClass().isHidden()
                ? "a lambda or method reference"
                : "a " + held.object().getClass().getName();
        String where = held.holders().isEmpty() ? "" : ", which is " + String.join(", in ", held.holders()) + ",";
        String what = held.object().getClass().isHidden()
                ? "Declare it as a Target, a Task or another interface that extends Serializable."
                : "Make it in the function that runs there, or send what it is made from;"
                        + " of an object whose field or method a lambda uses, copy what is needed to a local variable first."
                        + " Shared objects, pipes and Fd travel as what they are.";
        return type + where + " is not serializable. " + what;
    }

    /** As a descriptor, or with nothing to look into. */
    private static boolean travels(Object object) {
        return switch (object) {
            case SharedLock lock -> !lock.isPartOfAnother();
            case SharedObject _, SharedCondition _, SharedValue _, SharedArray _, Pipe _, Fd _ -> true;
            case Enum<?> _, Class<?> _, Throwable _ -> true;
            default ->
                object.getClass().isArray()
                        && object.getClass().getComponentType().isPrimitive();
        };
    }

    private void lookInto(Held held) {
        switch (held.object()) {
            case Chunk(int _, List<?> items) -> elements(held, List.of(), items);
            case Object[] array -> elements(held, List.of("an element of an array"), Arrays.asList(array));
            case Collection<?> collection ->
                elements(
                        held, List.of("an element of a " + collection.getClass().getSimpleName()), collection);
            case Map<?, ?> map -> {
                elements(held, List.of("a key of a " + map.getClass().getSimpleName()), map.keySet());
                elements(held, List.of("a value of a " + map.getClass().getSimpleName()), map.values());
            }
            case Object other -> {
                Optional<SerializedLambda> lambda = lambda(other);
                if (lambda.isPresent()) {
                    captured(held, lambda.get());
                } else {
                    fields(held);
                }
            }
        }
    }

    private void elements(Held held, List<String> how, Collection<?> all) {
        all.forEach(element -> add(element, how, held));
    }

    private void add(Object object, List<String> how, Held holder) {
        List<String> holders = new ArrayList<>(how);
        holders.addAll(holder.holders());
        next.addLast(new Held(object, holders));
    }

    private void captured(Held held, SerializedLambda lambda) {
        String type = lambda.getCapturingClass().replace('/', '.');
        boolean wrapper = isWrapper(type);
        for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
            boolean receiver = i == 0 && lambda.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic;
            String what = (receiver ? "the object whose members are used" : "captured value " + (i + 1))
                    + " in the lambda of " + type + "." + methodOf(lambda.getImplMethodName());
            add(lambda.getCapturedArg(i), wrapper ? List.of() : List.of(what), held);
        }
    }

    /** javac puts the body of a lambda in {@code m()} into {@code lambda$m$0()}, and a serializable one's into {@code lambda$m$7af3c2d$1()}. */
    private static String methodOf(String implementation) {
        String[] parts = implementation.split("\\$", -1);
        return parts.length > 2 && parts[0].equals("lambda") ? parts[1] + "()" : implementation + "()";
    }

    private static Optional<SerializedLambda> lambda(Object object) {
        if (!object.getClass().isHidden()) {
            return Optional.empty();
        }
        try {
            Method writeReplace = object.getClass().getDeclaredMethod("writeReplace");
            writeReplace.setAccessible(true);
            return writeReplace.invoke(object) instanceof SerializedLambda lambda
                    ? Optional.of(lambda)
                    : Optional.empty();
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty(); // no lambda, or one that we may not look into
        }
    }

    private void fields(Held held) {
        for (Class<?> type = held.object().getClass();
                type != null && Serializable.class.isAssignableFrom(type);
                type = type.getSuperclass()) {
            for (ObjectStreamField field : ObjectStreamClass.lookupAny(type).getFields()) {
                List<String> how = isWrapper(type.getName())
                        ? List.of()
                        : List.of("field " + field.getName() + " of " + type.getName());
                value(type, field, held.object()).ifPresent(value -> add(value, how, held));
            }
        }
    }

    private static boolean isWrapper(String type) {
        return WRAPPERS.stream()
                .anyMatch(wrapper -> type.equals(wrapper.getName()) || type.startsWith(wrapper.getName() + "$"));
    }

    private static Optional<Object> value(Class<?> type, ObjectStreamField described, Object of) {
        try {
            Field field = type.getDeclaredField(described.getName());
            if (field.getType().isPrimitive() || Modifier.isStatic(field.getModifiers())) {
                return Optional.empty();
            }
            field.setAccessible(true);
            return Optional.ofNullable(field.get(of));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty(); // a class of a module that is closed to us
        }
    }
}
