package framebuffer.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class TroubleTest {
    private final List<String> lines = new ArrayList<>();
    private final Trouble trouble = new Trouble(new LineKeeper(), "face-1");

    @Test
    void isSaidWhenItBeginsAndWhenItEnds() {
        trouble.over("never seen");
        trouble.is("away");
        trouble.is("still away");
        trouble.over("back");
        trouble.over("still back");
        trouble.is("away again");
        assertThat(lines).containsExactly("WARN face-1: away", "INFO face-1: back", "WARN face-1: away again");
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
