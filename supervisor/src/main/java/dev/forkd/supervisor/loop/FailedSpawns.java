package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.observe.LogText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which workers of a service could not be started: one line for each reason and turn of the loop, for a zygote takes all that it was
 * asked for with it. On the loop's thread.
 */
final class FailedSpawns {
    private static final Logger LOG = LoggerFactory.getLogger(FailedSpawns.class);

    private final String service;
    private final Consumer<Runnable> laterOnTheLoop;
    private final Map<String, List<Integer>> slotsByReason = new LinkedHashMap<>();

    FailedSpawns(String service, Consumer<Runnable> laterOnTheLoop) {
        this.service = service;
        this.laterOnTheLoop = laterOnTheLoop;
    }

    void add(int slot, String reason) {
        if (slotsByReason.isEmpty()) {
            laterOnTheLoop.accept(this::tell);
        }
        slotsByReason.computeIfAbsent(reason, _ -> new ArrayList<>()).add(slot);
    }

    private void tell() {
        slotsByReason.forEach((reason, slots) -> LOG.warn(
                "event=spawn-failed service={} count={} slots={} reason=\"{}\"",
                service,
                slots.size(),
                slots.stream().map(String::valueOf).collect(Collectors.joining(",")),
                LogText.quoted(reason)));
        slotsByReason.clear();
    }
}
