/**
 * All partitions together: one registry over them, and shares of processors that read in several of them.
 *
 * <p>
 * Each partition serves with a <em>share</em> of a processor's capacity, which stands in its own slot. The <em>grants</em> of all partitions
 * stand in the first partition and never add up to more than the capacity. A share is lowered before the grant, and raised after it, so at each
 * moment, whichever process dies between two steps: <em>outstanding frames &le; share &le; grant</em>, or what is left over from a larger share.
 *
 * <p>
 * One turn of one processor in one partition ({@link framebuffer.orchestrator.cluster.partitions.ShareState}); brackets: the command that is
 * sent.
 *
 * <pre>
 *                   no share  [set share 0]
 *            .---------------------------------------.
 *            |                                       v
 *   (begin) -+------------------------------------> Held &lt;---------------------------------------------.
 *                   a share                          |                                                |
 *                                                    | Planned(grant, target)                         |
 *                     .------------------------------+------------------------------.                 |
 *                     | share or target              | grant is right,              | share and grant |
 *                     | below the grant              | share too low, or            | are right:      |
 *                     |                              | target above the grant       | stays Held      |
 *                     v [lower share, new version]   |                                                |
 *                  Lowering                          |                                                |
 *                     | Changed: give back           |                                                |
 *                     |   what is not outstanding    |                                                |
 *                     | Refused: give nothing back   |                                                |
 *                     +-----------------------------&gt;+ nothing to ask for -------------------------&gt; +
 *                                                    v [set grant]                                    |
 *                                               Requesting                                            |
 *                                                    | Granted [raise share to it]                    |
 *                                                    | Refused                                        |
 *                                                    '------------------------------------------------'
 * </pre>
 *
 * <p>
 * A process that is held up between two steps must not finish what it began after another went on in its place. So each change names the
 * version that the process saw, and makes another: a share that is lowered to what it is already gets a new version, and a grant that was given
 * and not used is confirmed with a new version before it is used.
 */
@NullMarked
package framebuffer.orchestrator.cluster.partitions;

import org.jspecify.annotations.NullMarked;
