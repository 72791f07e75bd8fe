#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Writes the demo's residents as CSV for `kawasaki account import`. All are invented, their passwords are public.
# On purpose among them: 髙, 﨑 and 𠮷 (beyond JIS X 0208, one beyond the BMP), a name in Latin letters, long and
# empty 方書, a quoted comma, 番地 in full, 梶ケ谷 written with ヶ.
cat <<'END'
number,password,name,name_kana,birth_date,post_code,city,town,lot,building,phone,daytime_phone,fax,email,own_post_code,services
86000001,Tamagawa01,川崎　太郎,カワサキタロウ,1980-03-04,210-0808,川崎市川崎区,旭町1丁目,3-3,,044-000-0001,,,taro@example.jp,210-0808,application juminhyo inkan
86000002,Tamagawa02,髙橋　花子,タカハシハナコ,1975-11-23,211-0063,川崎市中原区,小杉町3丁目,245-1,メゾン小杉弐番館1204号室,044-000-0002,090-0000-0002,,hanako@example.jp,211-0063,application juminhyo juminhyo-kisai inkan kazei
86000003,Tamagawa03,NGUYEN THI MAI,グエンティマイ,1992-07-15,212-0058,川崎市幸区,鹿島田1丁目,18-4,鹿島田ハイツ302,,090-0000-0003,,mai@example.com,212-0058,application gaikokujin
86000004,Tamagawa04,山﨑　一郎,ヤマザキイチロウ,1948-01-11,213-0015,川崎市高津区,梶ヶ谷3丁目,7-12,,044-000-0004,,044-000-1004,,213-0015,juminhyo inkan koseki fuhyo
86000005,Tamagawa05,𠮷田　美咲,ヨシダミサキ,2001-02-28,214-0014,川崎市多摩区,登戸,482番地の2,コーポ登戸A棟101,,090-0000-0005,,misaki@example.jp,,application
86000006,Tamagawa06,佐藤　健,サトウケン,1988-12-31,216-0006,川崎市宮前区,宮前平2丁目,15-6,,044-000-0006,,,,216-0006,application juminhyo
86000007,Tamagawa07,鈴木　よし子,スズキヨシコ,1939-05-05,215-0021,川崎市麻生区,上麻生1丁目,20-1,,044-000-0007,,,,215-0021,juminhyo inkan
86000008,Tamagawa08,田中　誠,タナカマコト,1966-08-19,210-0006,川崎市川崎区,砂子1丁目,7-5,タカシゲビル8階,044-000-0008,044-000-2008,044-000-1008,makoto@example.jp,210-0006,application kazei
86000009,Tamagawa09,渡邉　さくら,ワタナベサクラ,1995-04-01,210-0024,川崎市川崎区,日進町,28-1,,,090-0000-0009,,sakura@example.jp,210-0024,application juminhyo koseki
86000010,Tamagawa10,斎藤　博,サイトウヒロシ,1957-10-10,210-0852,川崎市川崎区,鋼管通2丁目,3-7,鋼管通第三市営住宅5号棟412号室,044-000-0010,,,,,juminhyo
86000011,Tamagawa11,齋藤　愛,サイトウアイ,1983-06-21,210-0837,川崎市川崎区,渡田1丁目,10-2,,044-000-0011,,,ai@example.jp,210-0837,application
86000012,Tamagawa12,伊藤　大輔,イトウダイスケ,1979-09-09,212-0013,川崎市幸区,堀川町,580,グランドタワー川崎ウエストレジデンス南館3105号室,044-000-0012,090-0000-0012,,daisuke@example.jp,212-0013,application juminhyo inkan kazei koseki
86000013,Tamagawa13,加藤　千代,カトウチヨ,1931-03-03,212-0016,川崎市幸区,南幸町2丁目,31,,044-000-0013,,044-000-1013,,212-0016,inkan
86000014,Tamagawa14,李　明,リメイ,1990-01-01,212-0054,川崎市幸区,小倉5丁目,19-8,レジデンス新川崎B-207,,090-0000-0014,,mei@example.com,212-0054,application gaikokujin
86000015,Tamagawa15,小林　陽子,コバヤシヨウコ,1971-07-07,212-0055,川崎市幸区,南加瀬3丁目,11-1,,044-000-0015,,,,,
86000016,Tamagawa16,山本　隆,ヤマモトタカシ,1964-02-29,211-0005,川崎市中原区,新丸子町,744,,044-000-0016,,,,211-0005,juminhyo fuhyo
86000017,Tamagawa17,中村　結衣,ナカムラユイ,2004-08-15,211-0021,川崎市中原区,木月住吉町,2-31,シェアハウス木月,,090-0000-0017,,yui@example.jp,211-0021,application juminhyo
86000018,Tamagawa18,栁沢　剛,ヤナギサワツヨシ,1969-05-25,211-0025,川崎市中原区,木月2丁目,8-3,,044-000-0018,,,tsuyoshi@example.jp,211-0025,application kazei
86000019,Tamagawa19,SMITH JOHN,スミスジョン,1985-10-30,211-0044,川崎市中原区,新城3丁目,4-10,"ヴィラ新城, Room 5",,090-0000-0019,,john@example.com,211-0044,application gaikokujin
86000020,Tamagawa20,松本　恵,マツモトメグミ,1977-12-12,213-0001,川崎市高津区,溝口1丁目,6-10,,044-000-0020,,,megumi@example.jp,213-0001,application juminhyo inkan
86000021,Tamagawa21,井上　修,イノウエオサム,1953-04-29,213-0011,川崎市高津区,久本3丁目,2-1-405,,044-000-0021,,,,213-0011,inkan kazei
86000022,Tamagawa22,木村　翔,キムラショウ,1998-11-03,213-0033,川崎市高津区,下作延5丁目,11-7,パークハイム下作延203,,090-0000-0022,,sho@example.jp,213-0033,application
86000023,Tamagawa23,清水　智子,シミズトモコ,1973-03-21,213-0022,川崎市高津区,千年,1004-9,,044-000-0023,,,,,juminhyo koseki
86000024,Tamagawa24,森　幸子,モリサチコ,1945-08-15,216-0003,川崎市宮前区,有馬7丁目,1-2,,044-000-0024,,044-000-1024,,216-0003,juminhyo inkan
86000025,Tamagawa25,池田　ヴィクトル,イケダヴィクトル,1987-01-20,216-0033,川崎市宮前区,宮崎3丁目,14-5,宮崎台サンハイツ壱番館B棟一〇五号,,090-0000-0025,,viktor@example.jp,216-0033,application juminhyo
86000026,Tamagawa26,橋本　徹,ハシモトトオル,1960-06-30,216-0004,川崎市宮前区,鷺沼1丁目,22-3,,044-000-0026,,,,216-0004,kazei
86000027,Tamagawa27,阿部　凛,アベリン,2006-04-02,216-0015,川崎市宮前区,菅生2丁目,9-16,,,090-0000-0027,,rin@example.jp,,application
86000028,Tamagawa28,石川　清,イシカワキヨシ,1936-02-11,214-0021,川崎市多摩区,宿河原3丁目,5-8,,044-000-0028,,,,214-0021,inkan
86000029,Tamagawa29,前田　直樹,マエダナオキ,1982-09-23,214-0001,川崎市多摩区,菅2丁目,1-10,ハイム菅ノ里305号室,044-000-0029,090-0000-0029,,naoki@example.jp,214-0001,application juminhyo kazei
86000030,Tamagawa30,藤田　香織,フジタカオリ,1991-05-17,214-0034,川崎市多摩区,三田1丁目,12-4,,,090-0000-0030,,kaori@example.jp,214-0034,application
86000031,Tamagawa31,後藤　学,ゴトウマナブ,1964-10-24,214-0037,川崎市多摩区,西生田4丁目,3-20,,044-000-0031,,,,,juminhyo
86000032,Tamagawa32,岡田　文,オカダフミ,1950-12-01,215-0004,川崎市麻生区,万福寺1丁目,2-2,新百合ヶ丘スカイレジデンス1108,044-000-0032,,,fumi@example.jp,215-0004,application juminhyo inkan fuhyo
86000033,Tamagawa33,長谷川　蓮,ハセガワレン,2003-07-20,215-0005,川崎市麻生区,千代ケ丘8丁目,1-5,,,090-0000-0033,,ren@example.jp,215-0005,application
86000034,Tamagawa34,村上　節子,ムラカミセツコ,1942-11-11,215-0011,川崎市麻生区,百合丘2丁目,6-1-203,,044-000-0034,,044-000-1034,,215-0011,inkan koseki
86000035,Tamagawa35,近藤　ジョゼ・マリア,コンドウジョゼ・マリア,1994-02-14,215-0018,川崎市麻生区,王禅寺東3丁目,26-2,,,090-0000-0035,,maria@example.com,215-0018,application gaikokujin
86000036,Tamagawa36,青木　進,アオキススム,1959-01-08,215-0023,川崎市麻生区,片平5丁目,5-1,片平グリーンタウン中央街区2番館10号室,044-000-0036,,,susumu@example.jp,215-0023,application juminhyo juminhyo-kisai inkan kazei koseki fuhyo
END
