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
    void aReplyOfAnotherFormIsAFaultOfOurs() {
        assertThatThrownBy(() -> Replies.text(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Replies.number(new byte[0])).isInstanceOf(ClassCastException.class);
        assertThatThrownBy(() -> Replies.list(7L)).isInstanceOf(ClassCastException.class);
        assertThatThrownBy(() -> Replies.text(List.of())).isInstanceOf(ClassCastException.class);
    }
}
