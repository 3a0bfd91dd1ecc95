/** Single frames and their figures: publishing, deferral, backlogs and the ledger. */
@NullMarked
package framebuffer.redis.frames;

import org.jspecify.annotations.NullMarked;
