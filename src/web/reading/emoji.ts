/** Emoji by the names that people search for. Several names may give the same emoji. */
const TABLE = `
smile 😄 grin 😁 laugh 😂 joy 😂 rofl 🤣 wink 😉 blush 😊 happy 🙂 slight_smile 🙂 upside_down 🙃 love 😍 heart_eyes 😍 kiss 😘
cool 😎 sunglasses 😎 thinking 🤔 hmm 🤔 neutral 😐 expressionless 😑 smirk 😏 unamused 😒 roll_eyes 🙄 grimace 😬 relieved 😌
sleepy 😪 sleeping 😴 mask 😷 sick 🤒 dizzy 😵 exploding 🤯 cowboy 🤠 party 🥳 nerd 🤓 confused 😕 worried 😟 sad 😢 cry 😢
sob 😭 scream 😱 angry 😠 rage 😡 skull 💀 ghost 👻 alien 👽 robot 🤖 poop 💩 clown 🤡 shush 🤫 hug 🤗 salute 🫡 melting 🫠
thumbs_up 👍 +1 👍 yes 👍 thumbs_down 👎 -1 👎 no 👎 ok 👌 clap 👏 wave 👋 hello 👋 pray 🙏 thanks 🙏 please 🙏 muscle 💪
fist ✊ punch 👊 raised_hands 🙌 hooray 🙌 point_up ☝️ point_right 👉 point_left 👈 point_down 👇 victory ✌️ crossed_fingers 🤞
handshake 🤝 writing ✍️ eyes 👀 brain 🧠 ear 👂 shrug 🤷 facepalm 🤦 person 🧑 family 👪 baby 👶 walking 🚶 running 🏃 dancing 💃
heart ❤️ red_heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 broken_heart 💔
sparkles ✨ star ⭐ fire 🔥 boom 💥 hundred 💯 100 💯 zzz 💤 tada 🎉 celebrate 🎉 confetti 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅
rocket 🚀 launch 🚀 ship 🚢 boat ⛵ sailboat ⛵ anchor ⚓ plane ✈️ train 🚆 bus 🚌 car 🚗 bike 🚲 house 🏠 home 🏠 office 🏢 school 🏫
hospital 🏥 tent ⛺ mountain ⛰️ beach 🏖️ world 🌍 map 🗺️ compass 🧭 sun ☀️ cloud ☁️ rain 🌧️ snow ❄️ storm ⛈️ rainbow 🌈 umbrella ☔
moon 🌙 wind 💨 water 💧 ocean 🌊 tree 🌳 plant 🌱 flower 🌸 rose 🌹 leaf 🍃 cactus 🌵 mushroom 🍄 dog 🐶 cat 🐱 mouse 🐭 rabbit 🐰
fox 🦊 bear 🐻 panda 🐼 lion 🦁 tiger 🐯 cow 🐮 pig 🐷 frog 🐸 monkey 🐵 chicken 🐔 penguin 🐧 bird 🐦 owl 🦉 horse 🐴 unicorn 🦄
bee 🐝 bug 🐛 butterfly 🦋 snail 🐌 turtle 🐢 snake 🐍 octopus 🐙 fish 🐟 whale 🐳 dolphin 🐬 apple 🍎 banana 🍌 grapes 🍇 lemon 🍋
strawberry 🍓 cherry 🍒 peach 🍑 tomato 🍅 carrot 🥕 corn 🌽 bread 🍞 cheese 🧀 egg 🥚 pizza 🍕 burger 🍔 fries 🍟 taco 🌮 sushi 🍣
rice 🍚 soup 🍲 salad 🥗 cake 🎂 birthday 🎂 cookie 🍪 chocolate 🍫 candy 🍬 ice_cream 🍦 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine 🍷
cheers 🥂 cocktail 🍸 ball ⚽ football ⚽ basketball 🏀 tennis 🎾 chess ♟️ game 🎮 dice 🎲 music 🎵 guitar 🎸 piano 🎹 art 🎨 camera 📷
film 🎬 book 📖 books 📚 newspaper 📰 note 📝 memo 📝 pencil ✏️ pen 🖊️ calendar 📅 clipboard 📋 pin 📌 paperclip 📎 ruler 📏
scissors ✂️ folder 📁 chart 📈 chart_down 📉 bar_chart 📊 mail 📧 envelope ✉️ inbox 📥 outbox 📤 package 📦 phone 📱 telephone ☎️
computer 💻 keyboard ⌨️ printer 🖨️ battery 🔋 plug 🔌 bulb 💡 idea 💡 flashlight 🔦 wrench 🔧 hammer 🔨 tools 🛠️ gear ⚙️ link 🔗
lock 🔒 unlock 🔓 key 🔑 shield 🛡️ magnet 🧲 test_tube 🧪 microscope 🔬 telescope 🔭 pill 💊 money 💰 euro 💶 dollar 💵 card 💳
bell 🔔 mute 🔕 loud 🔊 speech 💬 thought 💭 hourglass ⏳ clock 🕐 alarm ⏰ stopwatch ⏱️ check ✅ done ✅ cross ❌ x ❌ warning ⚠️
stop 🛑 construction 🚧 question ❓ exclamation ❗ info ℹ️ plus ➕ minus ➖ arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️
repeat 🔁 recycle ♻️ new 🆕 free 🆓 sos 🆘 red_circle 🔴 yellow_circle 🟡 green_circle 🟢 blue_circle 🔵 white_flag 🏳️ flag 🏁 crown 👑
`;

const WORDS = TABLE.trim().split(/\s/);

/** The emoji for each name. */
export const EMOJI: ReadonlyMap<string, string> = new Map(
  WORDS.flatMap((name, index) => (index % 2 === 0 ? [[name, WORDS[index + 1] ?? ''] as const] : [])),
);
