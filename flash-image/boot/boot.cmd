# Chooses a slot and starts it: U-Boot's script, the same on every card. README.md beside it has the files it reads.
# U-Boot's shell compares texts only and counts in hexadecimal; `run` is its function call.

setenv card "${devtype} ${devnum}:1"

# The machine: whether it is known, and where its memory begins.
setenv machine unknown
setenv base 0
for known in bcm2837-rpi-3-b bcm2837-rpi-3-b-plus; do
  if test "${fdtfile}" = broadcom/${known}.dtb; then setenv machine pi3; fi
done
if test "${fdtfile}" = broadcom/bcm2711-rpi-4-b.dtb; then setenv machine pi4; fi
if test "${board_name}" = qemu-arm; then setenv machine virt; setenv base 0x40000000; fi

# Unpacked, the kernel has 64 MiB (CONFIG_SYS_BOOTM_LEN) from 4 MiB on; QEMU puts raspi3b's device tree at 128 MiB.
setexpr kernel ${base} + 0x00400000
setexpr text ${base} + 0x09f00000
setexpr packed ${base} + 0x0a000000
setexpr initramfs ${base} + 0x0d000000
setenv kernelRoom 0x04000000
setenv textRoom 0x1000

setenv board; setenv disk; setenv arguments; setenv settings
fatload ${card} ${text} ${machine}.txt ${textRoom} && env import -t ${text} ${filesize} board disk arguments
fatload ${card} ${text} board.txt ${textRoom} && env import -t ${text} ${filesize} board

setenv slot; setenv trial; setenv tries; setenv other
fatload ${card} ${text} slot.txt ${textRoom} && env import -t ${text} ${filesize} slot trial tries other
setenv second
if test "${slot}" = A; then setenv second B; fi
if test "${slot}" = B; then setenv second A; fi
if test "${second}" = ""; then
  echo "offhook: slot.txt is missing or damaged"
  setenv slot A; setenv second B; setenv trial 0
fi
if test "${other}" != good && test "${other}" != failed; then setenv other bad; fi

# One sector, as long as it was: it is overwritten where it is. A count that cannot be kept is no count: then, as when none is
# left, the slot on trial has failed.
setenv save 'env export -t ${text} slot trial tries other; setexpr length ${filesize} - 1; fatwrite ${card} ${text} slot.txt ${length}'
setenv fallBack 'echo "offhook: slot ${slot} has failed: back to slot ${second}"; setenv failed ${slot}; setenv slot ${second}; setenv second ${failed}; setenv trial 0; setenv tries 0; setenv other failed; run save'
setenv left
if test "${trial}" = 1; then
  for number in 1 2 3 4 5 6 7 8 9; do
    if test "${tries}" = ${number}; then setexpr left ${number} - 1; fi
  done
  setenv isCounted no
  if test "${left}" != ""; then
    setenv tries ${left}
    if run save; then setenv isCounted yes; fi
  fi
  if test ${isCounted} = no; then run fallBack; fi
else
  setenv trial 0; setenv tries 0
fi

# The slot, or where it cannot be read the other one; neither on a machine that nobody has described.
setenv attempts "first last"
if test "${disk}" = ""; then setenv attempts; echo "offhook: the card has no ${machine}.txt with board, disk and arguments"; fi
for attempt in ${attempts}; do
  setenv confirmed 1
  if test ${trial} = 1; then setenv confirmed 0; fi
  setenv partition 2
  if test ${slot} = B; then setenv partition 3; fi
  echo "offhook: slot ${slot}, confirmed=${confirmed}, starts left ${tries}, other ${other}, ${machine}, board ${board}"
  if fatload ${card} ${packed} ${slot}/vmlinuz && unzip ${packed} ${kernel} ${kernelRoom} && fatload ${card} ${text} ${slot}/settings.txt ${textRoom} && env import -t ${text} ${filesize} settings && fatload ${card} ${initramfs} ${slot}/initramfs; then
    setenv bootargs "${arguments} offhook.board=${board} ${settings} offhook.root=${disk}${partition} offhook.slot=${slot} offhook.confirmed=${confirmed} offhook.other=${other} offhook.boot=${disk}1 offhook.data=${disk}4"
    booti ${kernel} ${initramfs}:${filesize} ${fdt_addr}
  fi
  if test ${trial} = 1; then
    run fallBack
  else
    echo "offhook: slot ${slot} cannot be started"
    setenv failed ${slot}; setenv slot ${second}; setenv second ${failed}; setenv other failed
  fi
done

# Nothing is looked for on the network: what would come from there nobody has verified.
while true; do
  echo "offhook: neither slot can be started; see Recovery in flash-image/README.md"
  sleep 30
done
