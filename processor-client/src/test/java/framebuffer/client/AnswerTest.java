package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import framebuffer.wire.frame.Result;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"faces\": 2}", "[1, [2, {}]]", "\"none\"", "12.5", "null", " true "})
    void anyJsonValueIsAResult(String json) {
        assertThat(Answer.processed(json)).isEqualTo(new Answer.Done(Result.ResultStatus.SUCCESS, json));
        assertThat(Answer.error(json)).isEqualTo(new Answer.Done(Result.ResultStatus.ERROR, json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "faces", "{", "[1, 2", "{} {}", "{}}", "{\"a\": 1, \"a\": 2}", "{'a': 1}"})
    void whatIsNoJsonIsNoResult(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Answer.processed(text))
                .withMessageStartingWith("a result must be");
        assertThatIllegalArgumentException().isThrownBy(() -> Answer.error(text));
    }

    @Test
    void aFrameMayWaitUpToAnHour() {
        assertThat(Answer.retryLater(Duration.ofHours(1), "busy"))
                .isEqualTo(new Answer.RetryLater(Duration.ofHours(1), "busy"));
        assertThatIllegalArgumentException().isThrownBy(() -> Answer.retryLater(Duration.ofHours(1).plusNanos(1), ""));
        assertThatIllegalArgumentException().isThrownBy(() -> Answer.retryLater(Duration.ofMillis(-1), ""));
    }
}
