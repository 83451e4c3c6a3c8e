package dev.forkd.supervisor.core;

import static dev.forkd.supervisor.core.WorkerState.DRAINING;
import static dev.forkd.supervisor.core.WorkerState.GONE;
import static dev.forkd.supervisor.core.WorkerState.IDLE;
import static dev.forkd.supervisor.core.WorkerState.KILLING;
import static dev.forkd.supervisor.core.WorkerState.SERVING;
import static dev.forkd.supervisor.core.WorkerState.SPAWNING;

import java.util.List;

/**
 * What the supervisor does about one worker. Pure: no clock, no process, no log.
 *
 * <pre>
 *   SPAWNING ──Ready──▶ IDLE ◀──Released(0)── SERVING
 *      │ └──Assigned──────┼──────Assigned──────▶ │ ▲
 *      │                  │                      └─┘ Assigned, Released(n)
 *      ├──────Drain───────┴──────────Drain, UsedUp──▶ DRAINING
 *      └── any of them ── Condemned ──▶ KILLING       any ── Exited ──▶ GONE
 * </pre>
 */
public final class WorkerLife {
    private WorkerLife() {}

    /** The next state and what to do on the way there. */
    public record Transition(WorkerState next, List<WorkerAction> actions) {
        static Transition to(WorkerState next, WorkerAction... actions) {
            return new Transition(next, List.of(actions));
        }
    }

    /** @throws IllegalStateException for an event that cannot happen in this state: a bug of the caller's */
    public static Transition on(WorkerState state, WorkerEvent event) {
        return switch (event) {
            case WorkerEvent.Ready() ->
                switch (state) {
                    case SPAWNING -> Transition.to(IDLE);
                    case IDLE, SERVING, DRAINING, KILLING -> Transition.to(state);
                    case GONE -> throw impossible(state, event);
                };
            case WorkerEvent.Assigned() ->
                switch (state) {
                    case SPAWNING, IDLE, SERVING -> Transition.to(SERVING);
                    case DRAINING, KILLING, GONE -> throw impossible(state, event);
                };
            case WorkerEvent.Released(int left) ->
                switch (state) {
                    case SERVING -> Transition.to(left == 0 ? IDLE : SERVING);
                    case DRAINING ->
                        left == 0 ? Transition.to(DRAINING, WorkerAction.EXPECT_EXIT) : Transition.to(DRAINING);
                    case KILLING -> Transition.to(KILLING);
                    case SPAWNING, IDLE, GONE -> throw impossible(state, event);
                };
            case WorkerEvent.UsedUp(int left) ->
                switch (state) {
                    case SERVING, DRAINING ->
                        left == 0 ? Transition.to(DRAINING, WorkerAction.EXPECT_EXIT) : Transition.to(DRAINING);
                    case KILLING -> Transition.to(KILLING);
                    case SPAWNING, IDLE, GONE -> throw impossible(state, event);
                };
            case WorkerEvent.Drain() ->
                switch (state) {
                    case SPAWNING, IDLE, SERVING ->
                        Transition.to(DRAINING, WorkerAction.SEND_DRAIN, WorkerAction.START_GRACE);
                    case DRAINING, KILLING, GONE -> Transition.to(state);
                };
            case WorkerEvent.Condemned() ->
                switch (state) {
                    case SPAWNING, IDLE, SERVING, DRAINING -> Transition.to(KILLING, WorkerAction.TERMINATE);
                    case KILLING, GONE -> Transition.to(state);
                };
            case WorkerEvent.Exited() ->
                switch (state) {
                    case SPAWNING, IDLE, SERVING, DRAINING, KILLING -> Transition.to(GONE, WorkerAction.BURY);
                    case GONE -> throw impossible(state, event);
                };
        };
    }

    private static IllegalStateException impossible(WorkerState state, WorkerEvent event) {
        return new IllegalStateException(event + " in state " + state);
    }
}
