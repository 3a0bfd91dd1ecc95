package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class LastingFaultTest {
    private final List<String> lines = new ArrayList<>();
    private long now;
    private final LastingFault trouble = new LastingFault(new LineKeeper(), "face-1", Duration.ZERO, () -> now);

    @Test
    void isSaidWhenItBeginsAndWhenItEnds() {
        trouble.over("never seen");
        trouble.is("away");
        trouble.is("still away");
        trouble.over("back");
        trouble.over("still back");
        trouble.is("away again");
        assertThat(lines).containsExactly("WARN face-1: away", "INFO face-1: back, after 0 s, met 2 times",
                "WARN face-1: away again");
    }

    @Test
    void whatBeganAgainSoonMustStayAwayForTenSeconds() {
        trouble.is("away");
        trouble.over("back");
        for (int i = 0; i < 400; i++) {
            trouble.is("away");
            pass(Duration.ofMillis(100));
            trouble.over("back");
        }
        assertThat(lines).containsExactly("WARN face-1: away", "INFO face-1: back", "WARN face-1: away");
        pass(Duration.ofSeconds(10));
        trouble.over("back");
        assertThat(lines).hasSize(4).endsWith("INFO face-1: back, after 39 s, met 400 times");
    }

    @Test
    void itEndsWhenNobodyIsAffectedAnyMore() {
        trouble.is("one", "away");
        trouble.is("other", "away");
        trouble.over("one", "back");
        assertThat(lines).hasSize(1);
        trouble.over("other", "back");
        assertThat(lines).hasSize(2);
    }

    @Test
    void whoIsNoMoreHoldsNoTroubleUp() {
        trouble.is("one", "away");
        trouble.is("other", "away");
        trouble.leaves("one");
        trouble.over("other", "back");
        assertThat(lines).hasSize(2).endsWith("INFO face-1: back, after 0 s, met 2 times");
    }

    @Test
    void aNewCauseIsToldOnceAMinute() {
        trouble.is("away");
        for (int second = 1; second <= 150; second++) {
            pass(Duration.ofSeconds(1));
            trouble.is("refused, try " + second);
        }
        assertThat(lines).containsExactly("WARN face-1: away", "WARN face-1: refused, try 60",
                "WARN face-1: refused, try 120");
    }

    @Test
    void allWhoUseARedisSayOnceThatItIsAwayAndThatItRefuses() {
        RedisFaults redis = new RedisFaults("redis://r:1", new LineKeeper(), () -> now);
        for (int loop = 0; loop < 12; loop++) {
            redis.away("loop-" + loop, "no Redis at redis://r:1: end of stream");
            redis.away("loop-" + loop, "no Redis at redis://r:1: refused");
        }
        pass(Duration.ofSeconds(5));
        for (int loop = 0; loop < 12; loop++) {
            redis.refuses("loop-" + loop, "NOREPLICAS", "NOREPLICAS Not enough good replicas to write.");
        }
        for (int i = 0; i < 100; i++) {
            redis.works("loop-1");
            redis.refuses("loop-1", "NOREPLICAS", "NOREPLICAS Not enough good replicas to write.");
            pass(Duration.ofMillis(500));
        }
        pass(Duration.ofSeconds(10));
        for (int loop = 0; loop < 12; loop++) {
            redis.works("loop-" + loop);
        }
        assertThat(lines).containsExactly(
                "WARN Redis: no Redis at redis://r:1: end of stream; trying again",
                "WARN Redis at redis://r:1: it refuses: NOREPLICAS Not enough good replicas to write.; trying again",
                "INFO Redis: redis://r:1 answers again, after 0 s, met 24 times",
                "INFO Redis at redis://r:1: it accepts commands again, after 49 s, met 112 times");
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private final class LineKeeper extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1;

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(Level level, @Nullable Marker marker, String pattern,
                Object @Nullable [] arguments, @Nullable Throwable throwable) {
            lines.add(level + " " + MessageFormatter.basicArrayFormat(pattern, arguments));
        }

        @Override
        public boolean isTraceEnabled() {
            return true;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
