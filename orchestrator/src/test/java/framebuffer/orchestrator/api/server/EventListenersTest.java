package framebuffer.orchestrator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventListenersTest {
    private final EventListeners listeners = new EventListeners();

    private int enter(String who) {
        int entered = 0;
        while (listeners.enter(who)) {
            entered++;
        }
        return entered;
    }

    @Test
    void oneCallerLeavesRoomForOthers() {
        assertThat(enter("a")).isEqualTo(EventListeners.MOST_OF_ONE);
        assertThat(enter("b")).isEqualTo(EventListeners.MOST_OF_ONE);
        assertThat(listeners.enter("c")).isFalse();
    }

    @Test
    void whoLeavesMakesRoom() {
        enter("a");
        enter("b");
        listeners.leave("a");
        assertThat(listeners.enter("c")).isTrue();
        assertThat(listeners.enter("a")).isFalse();
        listeners.leave("c");
        assertThat(listeners.enter("a")).isTrue();
    }
}
