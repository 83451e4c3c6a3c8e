package dev.forkd.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.NotSerializableException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@link Unserializable}: an error that names what cannot travel, and where it is held. */
final class UnserializableTest {
    private final Thread member = new Thread();

    /** Something that looks as if it could travel. */
    private record Job(String name, Map<String, List<Object>> resources) implements Serializable {}

    private static String refused(Object object) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Transfer.pack(object));
        assertInstanceOf(NotSerializableException.class, e.getCause());
        return e.getMessage();
    }

    @Test
    void namesTheCapturedValueAndTheLambda() throws Exception {
        Thread thread = new Thread();
        try (SharedValue harmless = SharedValue.of(1)) {
            Target target = () -> System.out.println(harmless.get() + " " + thread);
            String said = refused(new ChildMain.Start(target, "child", false));
            assertTrue(
                    said.contains("a java.lang.Thread, which is captured value 2 in the lambda of "
                            + getClass().getName()
                            + ".namesTheCapturedValueAndTheLambda(), is not serializable. Make it in the function"),
                    said);
        }
    }

    @Test
    void namesTheObjectWhoseMembersALambdaUses() {
        Target target = () -> System.out.println(member);
        String said = refused(target);
        assertTrue(said.contains("a " + getClass().getName() + ", which is the object whose members are used"), said);
    }

    @Test
    void namesFieldsAndElementsOnTheWay() {
        Job job = new Job("job", Map.of("open", new ArrayList<>(List.of(1, new Thread()))));
        Task.Of1<Integer, String> wrapped = n -> n + job.name();
        String said = refused(new PoolProtocol.Function(1, wrapped));
        assertTrue(
                said.contains(
                        "a java.lang.Thread, which is an element of a ArrayList, in a value of a Map1, in field resources of "
                                + Job.class.getName() + ", in captured value 1 in the lambda of"),
                said);
    }

    @Test
    void tellsOfAFunctionThatIsNoneOfOurs() {
        Runnable plain = () -> {};
        Target target = plain::run;
        String said = refused(target);
        assertTrue(said.contains("a lambda or method reference"), said);
        assertTrue(said.contains("Declare it as a Target"), said);
    }

    @Test
    void theLockOfAValueCannotTravelWithoutIt() throws Exception {
        try (SharedValue value = SharedValue.of(1)) {
            SharedLock lock = value.lock();
            Target target = () -> lock.lock().close();
            assertTrue(
                    refused(target).contains("a dev.forkd.ipc.SharedLock, which is captured value 1"), refused(target));
        }
    }

    @Test
    void namesWhatWasSentAsItsSenderKnowsIt() {
        assertTrue(refused(new Chunk(1, List.of("fine", new Thread())))
                .startsWith("cannot send items or results of a task to another process: a java.lang.Thread is not"
                        + " serializable."));
        Thread thread = new Thread();
        Target target = () -> System.out.println(thread);
        assertTrue(refused(new ChildMain.Start(target, "child", false))
                .startsWith("cannot send the target of a process to another process: a java.lang.Thread, which is"
                        + " captured value 1"));
    }

    @Test
    void findsNothingInWhatCanTravel() {
        assertEquals(Optional.empty(), Unserializable.explain(List.of("text", 1, new int[1])));
    }
}
