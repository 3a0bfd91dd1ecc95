package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RepliesTest {

    @Test
    void noArrayIsAnEmptyOne() {
        assertThat(Replies.list(null)).isEmpty();
        assertThat(Replies.entries(null)).isEmpty();
        assertThat(Replies.map(null)).isEmpty();
    }

    @Test
    void aReplyOfAnotherTypeMeansThatTheConnectionIsUnusable() {
        assertThatThrownBy(() -> Replies.text(null)).isInstanceOf(RedisUnavailable.class)
                .hasMessage("Redis answered with nothing instead of text");
        assertThatThrownBy(() -> Replies.number(new byte[0])).isInstanceOf(RedisUnavailable.class)
                .hasMessage("Redis answered with text instead of a number");
        assertThatThrownBy(() -> Replies.list(7L)).isInstanceOf(RedisUnavailable.class)
                .hasMessage("Redis answered with a number instead of a list");
        assertThatThrownBy(() -> Replies.text(List.of())).isInstanceOf(RedisUnavailable.class)
                .hasMessage("Redis answered with a list instead of text");
    }
}
