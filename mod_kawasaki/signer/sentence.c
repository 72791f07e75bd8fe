/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/sentence.h"

#include "wire/answer.h"

static const char *const sentences[WIRE_CODES] = {
    [WIRE_OK] = "できました。",
    [WIRE_NO_SERVICE] =
        "カードを読み取るサービス(PC/SC)が動いていません。サービス(pcscd)を起動してから、もう一度お試しください。",
    [WIRE_NO_READER] =
        "カードリーダーが見つかりません。カードリーダーをパソコンにつなぎ直してから、もう一度お試しください。",
    [WIRE_NO_CARD] =
        "カードが見つかりません。マイナンバーカードをカードリーダーに正しくのせてから、もう一度お試しください。",
    [WIRE_CARD_REMOVED] = "途中でカードが離れました。カードをのせ直し、終わるまで動かさずに、もう一度お試しください。",
    [WIRE_UNSUPPORTED_CARD] =
        "このカードは使えません。電子証明書の入ったマイナンバーカードをのせて、もう一度お試しください。",
    [WIRE_PIN_WRONG] = "暗証番号(パスワード)が違います。もう一度確かめてから、もう一度お試しください。",
    [WIRE_PIN_LOW] =
        "暗証番号を入れられるのは、あと1回です。まちがえるとロックされるため、ここで止めました。番号に自信が"
        "あるときだけ、続けると答えて(--last-try を付けて)もう一度お試しください。",
    [WIRE_PIN_BLOCKED] = "暗証番号がロックされています。市区町村の窓口で、暗証番号の初期化を申し込んでください。",
    [WIRE_PIN_FORM] = "暗証番号の形が違います。利用者証明用は数字4けた、署名用は英数字6～16文字です。"
                      "まちがえた回数には数えられていません。",
    [WIRE_CANCELLED] = "中止しました。何も送られていません。",
    [WIRE_TIMEOUT] = "時間切れになりました。手続きの画面から、もう一度やり直してください。",
    [WIRE_CERT_MISSING] =
        "必要な電子証明書が入っていません。マイナンバーカードのときは、市区町村の窓口で発行を申し込んでください。",
    [WIRE_CERT_EXPIRED] =
        "電子証明書の有効期間の外です。期限が切れているときは、市区町村の窓口などで更新してください。",
    [WIRE_FILE_MISSING] = "証明書ファイルを読めません。ファイルの場所と名前を確かめてください。",
    [WIRE_FILE_INVALID] =
        "証明書ファイル(PKCS#12)として使えません。発行元から受け取ったファイルかどうかを確かめてください。",
    [WIRE_ORIGIN_DENIED] =
        "この手続きのサイトは、登録されたサイトと違います。開いているサイトのアドレスを確かめてください。",
    [WIRE_REQUEST_INVALID] =
        "サイトからの依頼が正しくないか、期限が切れています。手続きの画面から、もう一度やり直してください。",
    [WIRE_REPLAY] = "この依頼は、すでに1回使われました。手続きの画面から、もう一度やり直してください。",
    [WIRE_BUSY] = "カードをほかのプログラムが使っています。そのプログラムを終えてから、もう一度お試しください。",
    [WIRE_FAILED] =
        "プログラムの中で問題が起きました。もう一度お試しください。続くときは、記録を添えて窓口にお知らせください。",
    [WIRE_NO_PINENTRY] = "暗証番号(パスワード)の入力画面を出せません。入力画面のプログラム(pinentry)"
                         "をパソコンに入れてから、もう一度お試しください。",
};

const char *sentence_of(wire_code_t code, int tries, apr_pool_t *pool)
{
    const char *sentence = code < WIRE_CODES ? sentences[code] : sentences[WIRE_FAILED];

    if (code != WIRE_PIN_WRONG || tries == ANSWER_TRIES_UNKNOWN) return sentence;
    return apr_psprintf(
        pool, "暗証番号が違います。あと%d回まちがえるとロックされます。番号を確かめてから、もう一度お試しください。",
        tries);
}
