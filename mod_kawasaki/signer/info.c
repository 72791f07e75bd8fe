/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/info.h"

#include "signer/sentence.h"

static const char *card_name(span_t card, apr_pool_t *pool)
{
    if (span_is(card, "my-number-card")) return "マイナンバーカード";
    if (span_is(card, "resident-registry-card")) return "住民基本台帳カード";
    if (span_is(card, "phone")) return "スマートフォン";
    return span_text(pool, card);
}

static const char *tries_text(int tries, apr_pool_t *pool)
{
    if (tries == ANSWER_TRIES_UNKNOWN) return "";
    if (tries == 0) return "。暗証番号はロックされています(市区町村の窓口で初期化できます)";
    return apr_psprintf(pool, "。暗証番号はあと%d回まで入れられます", tries);
}

static const char *certificate_text(const char *name, bool is_there, int tries, apr_pool_t *pool)
{
    return apr_pstrcat(pool, name, is_there ? ": あります" : ": ありません", is_there ? tries_text(tries, pool) : "",
                       "\n", NULL);
}

const char *info_text(const answer_info_t *info, apr_pool_t *pool)
{
    const char *text = "";
    bool is_card = span_is(info->source, "card");

    if (info->reader.size > 0)
        text = apr_pstrcat(pool, "カードリーダー: ", span_text(pool, info->reader),
                           info->has_pinpad ? " (ボタン付き)\n" : "\n", NULL);
    if (info->card.size > 0) text = apr_pstrcat(pool, text, "カード: ", card_name(info->card, pool), "\n", NULL);
    if (!is_card && info->code == WIRE_OK) text = apr_pstrcat(pool, text, "証明書ファイル: あります\n", NULL);
    if (is_card && info->code == WIRE_OK)
        text = apr_pstrcat(
            pool, text,
            certificate_text("利用者証明用電子証明書", info->has_authentication, info->authentication_tries, pool),
            certificate_text("署名用電子証明書", info->has_signing, info->signing_tries, pool), NULL);
    if (info->code == WIRE_OK) return apr_pstrcat(pool, text, "電子証明書を使えます。\n", NULL);
    return apr_pstrcat(pool, text, sentence_of(info->code, ANSWER_TRIES_UNKNOWN, pool), "\n", NULL);
}
